-- Leaves an outcome, and gives the lease back.
-- KEYS: those of claim. ARGV: the fence, the version, the outcome, how long it stays and is spent after that (both ms).
local holder = redis.call('GET', KEYS[1])
if holder ~= ARGV[1] then
    -- The lease ran out. If another holder has finished since, its outcome is newer.
    local version = redis.call('HGET', KEYS[2], 'version')
    if version and tonumber(version) >= tonumber(ARGV[2]) or redis.call('EXISTS', KEYS[3]) == 1 then
        return 0
    end
end
redis.call('HSET', KEYS[2], 'version', ARGV[2], 'sealed', ARGV[3])
redis.call('PEXPIRE', KEYS[2], ARGV[4])
if tonumber(ARGV[5]) > 0 then
    redis.call('SET', KEYS[3], '', 'PX', tonumber(ARGV[4]) + tonumber(ARGV[5]))
end
if holder == ARGV[1] then
    redis.call('DEL', KEYS[1])
end
return 1
