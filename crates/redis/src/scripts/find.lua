-- Finds an outcome. KEYS: those of claim. ARGV: a version that is too old.
local outcome = redis.call('HMGET', KEYS[2], 'version', 'sealed')
if outcome[1] and tonumber(outcome[1]) > tonumber(ARGV[1]) then
    return {'done', outcome[2]}
end
return {'nothing'}
