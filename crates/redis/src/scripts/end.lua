-- Adds ends to the log, and drops those that no cookie can outlive any more.
-- KEYS: the log, the times, the last number. ARGV: pairs of a name and when it is needed no longer (Unix s).
local now = redis.call('TIME')[1]
for _, name in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', now, 'LIMIT', 0, 1000)) do
    redis.call('ZREM', KEYS[1], name)
    redis.call('ZREM', KEYS[2], name)
end
for index = 1, #ARGV, 2 do
    redis.call('ZADD', KEYS[1], redis.call('INCR', KEYS[3]), ARGV[index])
    redis.call('ZADD', KEYS[2], 'GT', ARGV[index + 1], ARGV[index])
end
