-- What a piece of work has come to; if nobody is at it, the caller is from now on.
-- KEYS: its lease, what is left of it, whether it is spent. ARGV: a version that is too old, a lease in
-- ms, the fence of who asks.
local left = redis.call('HMGET', KEYS[2], 'version', 'sealed')
if left[1] and tonumber(left[1]) > tonumber(ARGV[1]) then
    return {'done', left[2]}
end
if redis.call('EXISTS', KEYS[3]) == 1 then
    return {'spent'}
end
-- A client may ask again when it has lost the answer.
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[3] then
    return {'held'}
end
redis.call('SET', KEYS[1], ARGV[3], 'PX', ARGV[2])
return {'granted'}
