-- A request has shown a generation of a session: the refreshes that led to it. Where there are any, it is the first
-- time, and older generations are outdated after a moment.
-- KEYS: those of expect. ARGV: the generation, the moment, for how long that is remembered (both ms).
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
-- Of those that count already, the newest says it all.
local counting = redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', string.format('%d', now))
for index = 1, #counting - 1 do
    redis.call('ZREM', KEYS[2], counting[index])
end
redis.call('PEXPIRE', KEYS[2], ARGV[3])
return refreshes
