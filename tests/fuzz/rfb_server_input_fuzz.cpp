// SPDX-License-Identifier: GPL-3.0-or-later
// Any bytes as a viewer: greeting and messages, through to the updates that they cause.
#include "display/rfb/handshake.h"
#include "display/rfb/viewer_input.h"
#include "display/rfb/viewer_picture.h"
#include "engine/display/rfb/fake_screen.h"

#include <cstdint>
#include <cstdlib>
#include <span>

namespace {

using namespace engine::display;
using namespace engine::display::rfb;

/// Takes the greeting off the front of `input`; false when the viewer did not get in.
bool greet(std::span<const std::byte>& input, bool password)
{
    Handshake handshake({.password = password ? std::optional<std::string>("secret") : std::nullopt});
    ByteWriter out;
    handshake.begin(out);
    const auto taken = handshake.advance(input, out);
    if (!taken)
        return false;
    if (*taken > input.size())
        std::abort();
    input = input.subspan(*taken);
    return handshake.isFinished();
}

struct Viewer {
    ViewerPicture& picture;
    ViewerInput& input;
    ByteWriter& out;

    void operator()(const SetPixelFormat& message) const { picture.setPixelFormat(message.format); }
    void operator()(const SetEncodings& message) const { picture.setEncodings(message.encodings, true, out); }
    void operator()(const UpdateRequest& message) const { picture.request(message); }
    void operator()(const KeyEvent& message) const { input.key(message); }
    void operator()(const PointerEvent& message) const
    {
        input.pointer(message, picture.width(), picture.height(), picture.reportsMotion());
    }
    void operator()(const EnableContinuousUpdates& message) const { picture.setContinuous(message, out); }
    template <class Other>
    void operator()(const Other&) const
    {}
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    if (size == 0)
        return 0;
    auto input = std::as_bytes(std::span(data, size));
    // With the first byte 1 the viewer is in already, which lets the rest reach the messages.
    const bool inside = data[0] == 1;
    input = input.subspan(1);
    if (!inside && !greet(input, data[0] == 2))
        return 0;

    static test::FakeScreen fakeScreen(70, 66);
    test::RecordingKeyboard keyboard;
    test::RecordingPointer pointer;
    Screen screen{.frame = fakeScreen.currentFrame(), .cursor = {}, .leds = {}, .name = "fuzz"};
    ViewerPicture picture(screen);
    ViewerInput hands(keyboard, pointer);
    ByteWriter out;
    picture.writeServerInit(out);
    for (int i = 0; i < 200; ++i) {
        const auto parsed =
            parseClientMessage(input, {.extendedMouseButtons = picture.features().extendedMouseButtons});
        if (!parsed || !*parsed)
            break;
        if ((*parsed)->length == 0 || (*parsed)->length > input.size())
            std::abort();
        input = input.subspan((*parsed)->length);
        std::visit(Viewer{picture, hands, out}, (*parsed)->message);
        picture.writeUpdate(out);
        out.clear();
    }
    return 0;
}
