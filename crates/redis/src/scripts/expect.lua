-- Notes a refresh whose generation no request has shown. KEYS: the session's refreshes, its shown generations.
-- ARGV: the generation, the hash of the refresh's key, how long its outcome stays (ms).
redis.call('ZADD', KEYS[1], ARGV[1], ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
