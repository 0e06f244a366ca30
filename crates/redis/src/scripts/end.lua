-- Adds ends to the log, and drops those that no cookie can outlive any more. The newest stays: the next
-- number is counted from it.
-- KEYS: the log, the times. ARGV: pairs of a name and when it is needed no longer (Unix s).
local newest = redis.call('ZREVRANGE', KEYS[1], 0, 0, 'WITHSCORES')
local now = redis.call('TIME')[1]
for _, name in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', now, 'LIMIT', 0, 1000)) do
    if name ~= newest[1] then
        redis.call('ZREM', KEYS[1], name)
        redis.call('ZREM', KEYS[2], name)
    end
end
local number = tonumber(newest[2] or 0)
for index = 1, #ARGV, 2 do
    number = number + 1
    redis.call('ZADD', KEYS[1], number, ARGV[index])
    redis.call('ZADD', KEYS[2], 'GT', ARGV[index + 1], ARGV[index])
end
