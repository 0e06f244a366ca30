-- The ends behind a number of the log, and the store's time. A log that was lost has another age: whoever
-- knew the old one reads it from its beginning.
-- KEYS: the log, the times, the last number, the age. ARGV: the age that the caller knows, a number, a limit.
local time = redis.call('TIME')
local age = redis.call('GET', KEYS[4])
if not age then
    age = time[1] .. '.' .. time[2]
    redis.call('SET', KEYS[4], age)
end
local after = ARGV[2]
if age ~= ARGV[1] then
    after = 0
end
local names = redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. after, '+inf', 'WITHSCORES', 'LIMIT', 0, ARGV[3])
local answer = {age, time[1], after}
for index = 1, #names, 2 do
    answer[3] = names[index + 1]
    table.insert(answer, names[index])
    table.insert(answer, redis.call('ZSCORE', KEYS[2], names[index]) or '0')
end
return answer
