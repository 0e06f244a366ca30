-- Confirms a generation of a session, and returns the refreshes that led to it. If there are any, no request has shown
-- it before, and the older generations are outdated after a delay.
-- KEYS: those of expect. ARGV: the generation, the delay, how long the shown generations stay (both ms).
local refreshes = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1])
if #refreshes == 0 then
    return refreshes
end
for _, refresh in ipairs(refreshes) do
    redis.call('ZREM', KEYS[1], refresh)
end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZADD', KEYS[2], 'NX', string.format('%d', now + ARGV[2]), ARGV[1])
-- Of the generations whose time has come, the newest is enough.
local counting = redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', string.format('%d', now))
for index = 1, #counting - 1 do
    redis.call('ZREM', KEYS[2], counting[index])
end
redis.call('PEXPIRE', KEYS[2], ARGV[3])
return refreshes
