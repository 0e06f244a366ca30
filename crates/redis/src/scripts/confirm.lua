-- An outcome is needed for a moment more only. KEYS: what is left. ARGV: a version that a browser has
-- shown, and the moment in ms.
local version = redis.call('HGET', KEYS[1], 'version')
if version and tonumber(version) <= tonumber(ARGV[1]) and redis.call('PTTL', KEYS[1]) > tonumber(ARGV[2]) then
    redis.call('PEXPIRE', KEYS[1], ARGV[2])
end
