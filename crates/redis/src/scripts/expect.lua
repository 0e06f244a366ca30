-- A refresh leads to a generation of a session that no request has shown. KEYS: the session's refreshes, its shown
-- generations. ARGV: the generation, the refresh, how long its outcome is kept (ms).
redis.call('ZADD', KEYS[1], ARGV[1], ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
