// The steps of every list method: read page, filter and order from the request,
// choose the rows of the page, name the next one.
#ifndef SHIRUBE_SERVER_SERVICE_LIST_REQUEST_H_
#define SHIRUBE_SERVER_SERVICE_LIST_REQUEST_H_

#include <algorithm>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "google/protobuf/message.h"
#include "server/service/filter.h"
#include "server/service/order_by.h"
#include "server/service/page_token.h"
#include "server/service/row_fields.h"

namespace shirube {

struct ListRequest {
  int page_size = 0;
  Filter filter;
  OrderBy order;
  PageCursor cursor;
  PageBinding binding;

  // Neither filtered nor ordered: rows may be cut before they are converted.
  bool plain() const { return filter.empty() && order.empty(); }
  // The revision that all pages are read at, `head` on the first.
  Revision at(Revision head) const {
    return cursor.at > 0 ? std::min(cursor.at, head) : head;
  }
};

// Reads page_size, page_token, filter and order_by of any list request.
// `known_fields` may be filtered and ordered by.
absl::StatusOr<ListRequest> ReadListRequest(
    const google::protobuf::Message& request, const std::string& method,
    const std::string& history, const std::vector<std::string>& known_fields);

// Which of `rows` make the page, in order; `reader_of` gives a row's fields.
struct PageChoice {
  std::vector<size_t> rows;
  std::string next_page_token;
};
PageChoice ChoosePage(
    const ListRequest& list, size_t count, Revision at,
    const std::function<FieldValues(size_t row, std::string_view field)>& read);

// Lists rows of the domain: converts those that are asked for and adds the page
// to `out`. Returns the next page's token.
template <typename Row, typename Wire, typename Convert>
std::string FillPage(const ListRequest& list, const std::vector<Row>& rows,
                     Revision at, const Convert& convert, Wire* out) {
  using Message = typename Wire::value_type;
  std::vector<Message> messages;
  if (!list.plain()) {
    messages.reserve(rows.size());
    for (const Row& row : rows) messages.push_back(convert(row));
  }
  PageChoice page =
      ChoosePage(list, rows.size(), at, [&](size_t i, std::string_view field) {
        return ReadField(messages[i], field);
      });
  for (size_t i : page.rows) {
    *out->Add() = list.plain() ? convert(rows[i]) : std::move(messages[i]);
  }
  return std::move(page.next_page_token);
}

}  // namespace shirube

#endif  // SHIRUBE_SERVER_SERVICE_LIST_REQUEST_H_
