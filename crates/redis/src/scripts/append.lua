-- Adds entries to the log, and drops the expired and the needless ones. The newest stays, since the next number is
-- counted from it. Returns how many entries were dropped because the log is full.
-- KEYS: the log, the expiry times, their clock. ARGV: how many entries there may be, how many are needless, the needless
-- ones, and pairs of an entry and the seconds until it expires.
local newest = redis.call('ZREVRANGE', KEYS[1], 0, 0, 'WITHSCORES')
local now = count(KEYS[3])
local function drop(entries)
    local dropped = 0
    for _, entry in ipairs(entries) do
        if entry ~= newest[1] then
            dropped = dropped + redis.call('ZREM', KEYS[1], entry)
            redis.call('ZREM', KEYS[2], entry)
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
