-- All sealed entries of a user's list. KEYS: the list. ARGV: how many entries at most.
local listed = {}
for _, entry in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', '+inf', 'LIMIT', 0, ARGV[1])) do
    table.insert(listed, string.sub(entry, string.find(entry, '.', 1, true) + 1))
end
return listed
