#include "client/report/encoding.h"

#include <openssl/evp.h>
#include <unicode/ucnv.h>
#include <unicode/utf8.h>

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/strings/escaping.h"

namespace shirube::report {
namespace {

constexpr std::string_view kBom = "\xEF\xBB\xBF";

// Control characters that no text file has; tab, line ends and form feed (page
// breaks of converted documents) are text.
bool IsBinaryByte(unsigned char c) {
  return c < 0x20 && c != '\t' && c != '\n' && c != '\r' && c != '\f';
}

bool IsUtf8(std::string_view bytes) {
  const auto* data = reinterpret_cast<const uint8_t*>(bytes.data());
  const auto size = static_cast<int64_t>(bytes.size());
  for (int64_t i = 0; i < size;) {
    UChar32 c = 0;
    U8_NEXT(data, i, size, c);
    if (c < 0) return false;
  }
  return true;
}

// Other encodings (EUC-JP above all) often decode as CP932 into half-width
// katakana, and damaged files into private characters. Real CP932 text has few
// of the former and none of the latter.
bool LooksLikeJapanese(const std::vector<UChar>& text) {
  size_t wide = 0;
  size_t half_katakana = 0;
  for (UChar c : text) {
    if (c < 0x80) continue;
    if ((c >= 0xE000 && c <= 0xF8FF) || c == 0xFFFD || c == 0x1A) return false;
    if (c < 0xA0) return false;  // C1 controls
    ++wide;
    if (c >= 0xFF61 && c <= 0xFF9F) ++half_katakana;
  }
  return half_katakana * 3 <= wide;
}

std::optional<std::string> FromCp932(std::string_view bytes) {
  UErrorCode status = U_ZERO_ERROR;
  std::unique_ptr<UConverter, decltype(&ucnv_close)> converter(
      ucnv_open("windows-31j", &status), &ucnv_close);
  if (U_FAILURE(status)) return std::nullopt;
  ucnv_setToUCallBack(converter.get(), UCNV_TO_U_CALLBACK_STOP, nullptr,
                      nullptr, nullptr, &status);
  std::vector<UChar> text(bytes.size() + 1);
  int32_t length = ucnv_toUChars(
      converter.get(), text.data(), static_cast<int32_t>(text.size()),
      bytes.data(), static_cast<int32_t>(bytes.size()), &status);
  if (U_FAILURE(status)) return std::nullopt;
  text.resize(static_cast<size_t>(length));
  if (!LooksLikeJapanese(text)) return std::nullopt;
  std::string out;
  out.reserve(text.size() * 3);
  for (size_t i = 0; i < text.size();) {
    UChar32 c = 0;
    U16_NEXT(text.data(), i, text.size(), c);
    uint8_t utf8[U8_MAX_LENGTH];
    int32_t n = 0;
    U8_APPEND_UNSAFE(utf8, n, c);
    out.append(reinterpret_cast<const char*>(utf8), static_cast<size_t>(n));
  }
  return out;
}

}  // namespace

std::optional<Problem> DecodeBytes(std::string_view bytes, DecodedText* out) {
  if (bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF")) {
    return Problem{"UNKNOWN_ENCODING",
                   "the file is UTF-16; save it as UTF-8 or CP932 (Shift_JIS)",
                   "文字コードがUTF-16です。UTF-8またはCP932(Shift_JIS)で"
                   "保存し直してください。"};
  }
  for (unsigned char c : bytes) {
    if (IsBinaryByte(c)) {
      return Problem{
          "NOT_TEXT", "the file is not text (it has control characters)",
          "テキストファイルではありません(制御文字が含まれています)。"};
    }
  }
  const bool bom = bytes.starts_with(kBom);
  std::string_view body = bom ? bytes.substr(kBom.size()) : bytes;
  if (IsUtf8(body)) {
    *out = {std::string(body), bom ? "UTF-8-BOM" : "UTF-8"};
    return std::nullopt;
  }
  if (!bom) {
    if (auto text = FromCp932(body)) {
      *out = {*std::move(text), "CP932"};
      return std::nullopt;
    }
  }
  return Problem{"UNKNOWN_ENCODING",
                 "the bytes are neither UTF-8 nor CP932 (Shift_JIS); save the "
                 "file in one of them",
                 "文字コードがUTF-8でもCP932(Shift_JIS)でもありません。"
                 "どちらかで保存し直してください。"};
}

std::string Sha256Hex(std::string_view bytes) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int length = 0;
  if (EVP_Digest(bytes.data(), bytes.size(), digest, &length, EVP_sha256(),
                 nullptr) != 1) {
    return "";
  }
  return absl::BytesToHexString(
      absl::string_view(reinterpret_cast<const char*>(digest), length));
}

}  // namespace shirube::report
