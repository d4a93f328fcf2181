#include "server/service/list_request.h"

#include <memory>
#include <numeric>

#include "absl/strings/str_cat.h"
#include "google/protobuf/descriptor.h"
#include "server/base/limits.h"
#include "server/base/status_macros.h"
#include "server/service/field_reader.h"
#include "server/service/fingerprint.h"

namespace shirube {
namespace {

using google::protobuf::Message;

std::string TextOf(const Message& request, const char* name) {
  const auto* field = request.GetDescriptor()->FindFieldByName(name);
  if (field == nullptr) return "";
  return request.GetReflection()->GetString(request, field);
}

absl::StatusOr<int> PageSize(const Message& request) {
  const auto* field = request.GetDescriptor()->FindFieldByName("page_size");
  const int size =
      field == nullptr ? 0 : request.GetReflection()->GetInt32(request, field);
  if (size < 0) {
    return ViolationsToStatus(
        {{"page_size", "INVALID_FIELD",
          absl::StrCat("must be 1 to ", limits::kMaxPageSize, ", or 0 for ",
                       limits::kDefaultPageSize),
          absl::StrCat("1から", limits::kMaxPageSize, "まで(0は",
                       limits::kDefaultPageSize, "とみなします)です")}});
  }
  return size == 0 ? limits::kDefaultPageSize
                   : std::min(size, limits::kMaxPageSize);
}

// Everything that decides which rows are listed in which order.
std::string BindingOf(const Message& request, const std::string& method) {
  std::unique_ptr<Message> copy(request.New());
  copy->CopyFrom(request);
  for (const char* name : {"page_size", "page_token", "min_revision"}) {
    const auto* field = copy->GetDescriptor()->FindFieldByName(name);
    if (field != nullptr) copy->GetReflection()->ClearField(copy.get(), field);
  }
  return absl::StrCat(method, ":", RequestFingerprint(*copy));
}

}  // namespace

absl::StatusOr<ListRequest> ReadListRequest(
    const Message& request, const std::string& method,
    const std::string& history, const std::vector<std::string>& known_fields) {
  ListRequest list;
  SHIRUBE_ASSIGN_OR_RETURN(list.page_size, PageSize(request));
  SHIRUBE_ASSIGN_OR_RETURN(
      list.filter, Filter::Parse(TextOf(request, "filter"), known_fields));
  SHIRUBE_ASSIGN_OR_RETURN(
      list.order, OrderBy::Parse(TextOf(request, "order_by"), known_fields));
  list.binding = {history, BindingOf(request, method)};
  SHIRUBE_ASSIGN_OR_RETURN(
      list.cursor, OpenPageToken(list.binding, TextOf(request, "page_token")));
  return list;
}

PageChoice ChoosePage(
    const ListRequest& list, size_t count, Revision at,
    const std::function<FieldValues(size_t, std::string_view)>& read) {
  std::vector<size_t> chosen;
  const auto row_of = [&read](size_t i) {
    return [&read, i](std::string_view field) { return read(i, field); };
  };
  if (list.filter.empty()) {
    chosen.resize(count);
    std::iota(chosen.begin(), chosen.end(), size_t{0});
  } else {
    for (size_t i = 0; i < count; ++i) {
      if (list.filter.Matches(row_of(i))) chosen.push_back(i);
    }
  }
  if (!list.order.empty()) {
    std::stable_sort(chosen.begin(), chosen.end(), [&](size_t a, size_t b) {
      return list.order.Before(row_of(a), row_of(b));
    });
  }
  const size_t begin =
      std::min(chosen.size(), static_cast<size_t>(list.cursor.offset));
  const size_t end = std::min(chosen.size(), begin + list.page_size);
  PageChoice page;
  page.rows.assign(chosen.begin() + begin, chosen.begin() + end);
  if (end < chosen.size()) {
    page.next_page_token =
        SealPageToken(list.binding, PageCursor{at, static_cast<int64_t>(end)});
  }
  return page;
}

}  // namespace shirube
