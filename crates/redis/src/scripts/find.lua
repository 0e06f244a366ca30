-- What is left of a piece of work. KEYS: those of a claim. ARGV: a version that is too old.
local left = redis.call('HMGET', KEYS[2], 'version', 'sealed', 'session')
if left[1] and tonumber(left[1]) > tonumber(ARGV[1]) then
    return {'done', left[2], left[1], left[3] or ''}
end
return {'nothing'}
