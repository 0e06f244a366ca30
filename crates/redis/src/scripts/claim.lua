-- Answers a claim, and grants the lease if no other claimant holds it.
-- KEYS: the lease, its outcome, whether it is spent. ARGV: a version that is too old, the lease's time in ms, the
-- claimant's fence.
local outcome = redis.call('HMGET', KEYS[2], 'version', 'sealed')
if outcome[1] and tonumber(outcome[1]) > tonumber(ARGV[1]) then
    return {'done', outcome[2]}
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
