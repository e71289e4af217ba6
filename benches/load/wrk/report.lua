-- What the harness reads of a run: one line of JSON.
function done(summary, latency, requests)
    local errors = summary.errors
    io.write(string.format(
        '{"answers":%d,"microseconds":%d,"refused":%d,"broken":%d}\n',
        summary.requests, summary.duration, errors.status,
        errors.connect + errors.read + errors.write + errors.timeout))
end
