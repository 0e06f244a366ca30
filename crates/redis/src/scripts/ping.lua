-- Writes, since a server that is full or a replica still answers questions.
-- KEYS: a key for this alone. ARGV: for how many seconds it stays.
return redis.call('SET', KEYS[1], 1, 'EX', ARGV[1])
