-- What is left of a piece of work. KEYS: those of a claim. ARGV: a version that is too old.
local left = redis.call('HMGET', KEYS[2], 'version', 'sealed')
if left[1] and tonumber(left[1]) > tonumber(ARGV[1]) then
    return {'done', left[2]}
end
return {'nothing'}
