-- Whether the time of a newer generation has come. KEYS: those of expect. ARGV: a generation.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local counting = redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', string.format('%d', now))
for _, generation in ipairs(counting) do
    if tonumber(generation) > tonumber(ARGV[1]) then
        return 1
    end
end
return 0
