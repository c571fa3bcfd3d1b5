// SPDX-License-Identifier: GPL-3.0-or-later
#include "display/rfb/vnc_password.h"

#include "display/rfb/nettle_library.h"

#include <sys/random.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>

namespace engine::display::rfb {
namespace {

/// The protocol's DES numbers the bits of each key byte from the other end.
std::uint8_t mirrored(std::uint8_t byte)
{
    unsigned result = 0;
    for (unsigned bit = 0; bit < 8; ++bit)
        result |= (byte >> bit & 1U) << (7U - bit);
    return static_cast<std::uint8_t>(result);
}

/// There is: RfbServer refuses to listen on the network without it.
const NettleLibrary& nettle()
{
    return **NettleLibrary::get();
}

} // namespace

VncChallenge makeVncChallenge()
{
    VncChallenge challenge{};
    // Sixteen bytes never come short once the kernel's generator is up; without it nobody gets in.
    if (::getrandom(challenge.data(), challenge.size(), 0) != static_cast<ssize_t>(challenge.size()))
        std::abort();
    return challenge;
}

VncChallenge answerVncChallenge(const VncChallenge& challenge, std::string_view password)
{
    std::array<std::uint8_t, DES_KEY_SIZE> key{};
    for (std::size_t i = 0; i < std::min(password.size(), key.size()); ++i)
        key[i] = mirrored(static_cast<std::uint8_t>(password[i]));
    des_ctx context{};
    (void)nettle().nettle_des_set_key(&context, key.data()); // reports weak keys, but sets them
    std::array<std::uint8_t, 16> in{};
    std::array<std::uint8_t, 16> out{};
    std::ranges::transform(challenge, in.begin(),
                           [](std::byte b) { return std::to_integer<std::uint8_t>(b); });
    nettle().nettle_des_encrypt(&context, in.size(), out.data(), in.data());
    VncChallenge answer{};
    std::ranges::transform(out, answer.begin(), [](std::uint8_t b) { return std::byte(b); });
    return answer;
}

bool isSameAnswer(std::span<const std::byte, 16> a, std::span<const std::byte, 16> b)
{
    return nettle().nettle_memeql_sec(a.data(), b.data(), a.size()) != 0;
}

} // namespace engine::display::rfb
