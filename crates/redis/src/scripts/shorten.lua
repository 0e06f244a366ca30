-- Shortens the life of an outcome. KEYS: the outcome. ARGV: the version that a request has shown, the new life (ms).
local version = redis.call('HGET', KEYS[1], 'version')
if version and tonumber(version) <= tonumber(ARGV[1]) and redis.call('PTTL', KEYS[1]) > tonumber(ARGV[2]) then
    redis.call('PEXPIRE', KEYS[1], ARGV[2])
end
