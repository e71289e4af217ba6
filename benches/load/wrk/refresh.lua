-- POST /token: each answer's refresh token is the next one of its session.
-- The first ones stand in a file, a line each, one for each connection at least:
-- refresh.lua FILE
local tokens, first, last = {}, 1, 0
local headers = { ["Content-Type"] = "application/x-www-form-urlencoded" }

local function put(token)
    last = last + 1
    tokens[last] = token
end

function init(args)
    for token in io.lines(args[1]) do put(token) end
end

function request()
    local token = tokens[first]
    tokens[first] = nil
    first = first + 1
    return wrk.format("POST", nil, headers, "grant_type=refresh_token&refresh_token=" .. token)
end

local told = false

-- What was answered first instead of tokens: the figure is then none.
function response(status, _, body)
    local token = status == 200 and body:match('"refresh_token":"([^"]+)"')
    if token then
        put(token)
    elseif not told then
        told = true
        io.stderr:write(status, " ", body, "\n")
    end
end
