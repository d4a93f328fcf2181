function judge(row)
  if triggered(row) then return not_raise(row:latest(), {progres = ratio(1)}) end
  return good(row)
end
