#include "server/base/text.h"

namespace shirube {
namespace {

unsigned char At(std::string_view text, size_t i) {
  return static_cast<unsigned char>(text[i]);
}

// Bytes of the character that `text` begins with; 0 where it is none.
size_t FirstCharacter(std::string_view text) {
  const unsigned char lead = At(text, 0);
  if (lead < 0x80) return 1;
  const size_t bytes = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || bytes > text.size()) return 0;
  const unsigned char least = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
  const unsigned char most = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
  if (At(text, 1) < least || At(text, 1) > most) return 0;
  for (size_t k = 2; k < bytes; ++k) {
    if ((At(text, k) & 0xC0) != 0x80) return 0;
  }
  return bytes;
}

// C0, DEL and C1.
bool IsControl(std::string_view character) {
  const unsigned char lead = At(character, 0);
  return lead < 0x20 || lead == 0x7F ||
         (lead == 0xC2 && At(character, 1) < 0xA0);
}

}  // namespace

bool IsUtf8(std::string_view text) {
  while (!text.empty()) {
    const size_t bytes = FirstCharacter(text);
    if (bytes == 0) return false;
    text.remove_prefix(bytes);
  }
  return true;
}

std::string Displayable(std::string_view text) {
  std::string shown;
  while (!text.empty()) {
    const size_t bytes = FirstCharacter(text);
    const std::string_view character = text.substr(0, bytes);
    if (bytes == 0 || IsControl(character)) {
      shown += '?';
    } else {
      shown += character;
    }
    text.remove_prefix(bytes == 0 ? 1 : bytes);
  }
  return shown;
}

}  // namespace shirube
