#include "server/table/table.h"

#include <utility>

#include "server/base/status_macros.h"
#include "server/table/table_impl.h"

namespace shirube {

absl::StatusOr<std::unique_ptr<Table>> Table::Create(
    const TableOptions& options) {
  SHIRUBE_ASSIGN_OR_RETURN(std::unique_ptr<TableImpl> impl,
                           TableImpl::Create(options));
  return std::unique_ptr<Table>(new Table(std::move(impl)));
}

Table::Table(std::unique_ptr<TableImpl> impl) : impl_(std::move(impl)) {}
Table::~Table() = default;

frame::ColumnMemory Table::memory() const { return impl_->memory(); }

absl::Status Table::Upsert(const RowInput& row) { return impl_->Upsert(row); }

absl::StatusOr<bool> Table::Remove(const IndicatorKey& key) {
  return impl_->Remove(key);
}

std::optional<Revision> Table::Find(const IndicatorKey& key) const {
  return impl_->Find(key);
}

TableUsage Table::Usage() const { return impl_->Usage(); }
uint64_t Table::CountPlan(const PlanId& plan) const {
  return impl_->CountPlan(plan);
}

Selection Table::SelectAll() const { return impl_->SelectAll(); }

Selection Table::SelectPlan(const PlanId& plan) const {
  return impl_->SelectPlan(plan);
}

Selection Table::SelectKeys(absl::Span<const IndicatorKey> keys) const {
  return impl_->SelectKeys(keys);
}

absl::StatusOr<Selection> Table::Scratch(absl::Span<const RowInput> rows) {
  return impl_->Scratch(rows);
}

}  // namespace shirube
