// The pages of a list method as one range. Only the library's own files include
// this.
#ifndef SHIRUBE_CLIENT_LIB_ALL_PAGES_H_
#define SHIRUBE_CLIENT_LIB_ALL_PAGES_H_

#include <iterator>
#include <string>

#include "client/lib/options.h"
#include "client/lib/paged.h"
#include "google/protobuf/repeated_field.h"

namespace shirube::client {

// `list` calls the method, `rows` are its rows.
template <typename T, typename Client, typename Request, typename Response>
Paged<T> AllPages(const Client& client, Request request, const Options& options,
                  absl::StatusOr<Response> (Client::*list)(Request,
                                                           const Options&)
                      const,
                  google::protobuf::RepeatedPtrField<T>* (Response::*rows)()) {
  // Whoever wants every row wants few calls: the largest page there is.
  if (request.page_size() == 0) request.set_page_size(1000);
  return Paged<T>([=](const std::string& page_token) mutable
                  -> absl::StatusOr<typename Paged<T>::Page> {
    request.set_page_token(page_token);
    absl::StatusOr<Response> response = (client.*list)(request, options);
    if (!response.ok()) return response.status();
    auto* found = (*response.*rows)();
    return typename Paged<T>::Page{{std::make_move_iterator(found->begin()),
                                    std::make_move_iterator(found->end())},
                                   response->next_page_token()};
  });
}

}  // namespace shirube::client

#endif  // SHIRUBE_CLIENT_LIB_ALL_PAGES_H_
