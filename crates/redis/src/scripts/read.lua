-- Reads the entries after a number of the log, and the seconds until each expires. A log that was lost has another age.
-- So has the log of a server that took over, since it may lack the last entries. A caller that knows another age reads
-- from the beginning.
-- KEYS: the log, the expiry times, their clock. ARGV: the age that the caller knows, a number, how many entries at most,
-- the longest life of an entry (s).
-- The first call changes nothing. A replica refuses it, since its log may lack entries.
redis.call('PERSIST', KEYS[1])
local age = redis.call('ZRANGEBYSCORE', KEYS[1], 0, 0)[1]
if not age then
    local time = redis.call('TIME')
    age = time[1] .. '.' .. time[2]
    redis.call('ZADD', KEYS[1], 0, age)
end
age = age .. '@' .. (string.match(redis.call('INFO', 'server'), 'run_id:(%w+)') or '')
local after = ARGV[2]
if age ~= ARGV[1] then
    after = 0
end
local entries = redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. after, '+inf', 'WITHSCORES', 'LIMIT', 0, ARGV[3])
local now = count(KEYS[3])
local answer = {age, after}
for index = 1, #entries, 2 do
    answer[2] = entries[index + 1]
    table.insert(answer, entries[index])
    local time = redis.call('ZSCORE', KEYS[2], entries[index])
    local life = time and math.max(1, time - now) or ARGV[4]
    table.insert(answer, string.format('%d', life))
end
return answer
