-- Adds ends to the log, and drops those that no cookie can outlive any more, or that say nothing new. The newest
-- stays: the next number is counted from it. Says how many were dropped because there are too many.
-- KEYS: the log, the times, their clock. ARGV: how many there may be, how many names say nothing new, these names,
-- and pairs of a name and how long it is needed (s).
local newest = redis.call('ZREVRANGE', KEYS[1], 0, 0, 'WITHSCORES')
local now = count(KEYS[3])
local function drop(names)
    local dropped = 0
    for _, name in ipairs(names) do
        if name ~= newest[1] then
            dropped = dropped + redis.call('ZREM', KEYS[1], name)
            redis.call('ZREM', KEYS[2], name)
        end
    end
    return dropped
end
drop(redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', now, 'LIMIT', 0, 1000))
local needless = tonumber(ARGV[2])
drop({unpack(ARGV, 3, 2 + needless)})
local number = tonumber(newest[2] or 0)
for index = 3 + needless, #ARGV, 2 do
    number = number + 1
    redis.call('ZADD', KEYS[1], number, ARGV[index])
    redis.call('ZADD', KEYS[2], 'GT', now + ARGV[index + 1], ARGV[index])
end
local crowd = redis.call('ZCARD', KEYS[2]) - ARGV[1]
if crowd <= 0 then
    return 0
end
newest = redis.call('ZREVRANGE', KEYS[1], 0, 0)
return drop(redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', '+inf', 'LIMIT', 0, math.min(crowd, 1000)))
