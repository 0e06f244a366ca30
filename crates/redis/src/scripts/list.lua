-- Replaces a session's entry in the list of its user, and drops the expired ones. If there are too many, the soonest go.
-- KEYS: the list. ARGV: the session's id, its sealed entry or an empty text, how long it stays (ms), how many entries
-- there may be.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local live = {}
for _, entry in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', '+inf')) do
    local is_live = tonumber(redis.call('ZSCORE', KEYS[1], entry)) > now
    if is_live and string.sub(entry, 1, #ARGV[1] + 1) ~= ARGV[1] .. '.' then
        table.insert(live, entry)
    else
        redis.call('ZREM', KEYS[1], entry)
    end
end
if ARGV[2] ~= '' then
    redis.call('ZADD', KEYS[1], string.format('%d', now + ARGV[3]), ARGV[1] .. '.' .. ARGV[2])
    if #live >= tonumber(ARGV[4]) then
        redis.call('ZREM', KEYS[1], redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', '+inf', 'LIMIT', 0, 1)[1])
    end
end
local last = redis.call('ZREVRANGE', KEYS[1], 0, 0, 'WITHSCORES')[2]
if last then
    redis.call('PEXPIRE', KEYS[1], string.format('%d', last - now))
end
