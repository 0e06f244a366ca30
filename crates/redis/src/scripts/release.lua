-- Gives a lease back, if the caller still holds it. KEYS: the lease. ARGV: the fence.
if redis.call('GET', KEYS[1]) == ARGV[1] then
    redis.call('DEL', KEYS[1])
end
