// SPDX-License-Identifier: GPL-3.0-or-later
#include "boot/guest_harness.h"

#include <linux/input-event-codes.h>
#include <unistd.h>

#include <future>
#include <map>
#include <thread>

namespace boot {

using namespace std::chrono_literals;

void SerialLog::write(std::span<const std::uint8_t> bytes)
{
    std::scoped_lock lock(m_mutex);
    m_text.append(bytes.begin(), bytes.end());
}

void SerialLog::attach(std::function<std::size_t(std::span<const std::uint8_t>)> receive)
{
    std::scoped_lock lock(m_mutex);
    m_receive = std::move(receive);
}

void SerialLog::detach()
{
    std::scoped_lock lock(m_mutex);
    m_receive = nullptr;
}

std::string SerialLog::text() const
{
    std::scoped_lock lock(m_mutex);
    return m_text;
}

void SerialLog::type(std::string_view text)
{
    const std::vector<std::uint8_t> bytes(text.begin(), text.end());
    std::scoped_lock lock(m_mutex);
    if (m_receive)
        (void)m_receive(bytes);
}

Guest::Guest(engine::VmConfig config) : m_config(std::move(config)) {}

Guest::~Guest() = default;

bool Guest::start()
{
    auto vm = engine::Vm::create(m_config, *this, m_serial);
    if (!vm) {
        m_error = vm.error().message();
        return false;
    }
    m_vm = std::move(*vm);
    m_vm->requestStart();
    return true;
}

void Guest::onStateChanged(engine::VmState state, const std::string& reason)
{
    {
        std::scoped_lock lock(m_mutex);
        m_state = state;
        m_reason = reason;
    }
    m_changed.notify_all();
}

std::string Guest::reason()
{
    std::scoped_lock lock(m_mutex);
    return m_reason;
}

bool Guest::waitForState(engine::VmState state, std::chrono::seconds limit)
{
    std::unique_lock lock(m_mutex);
    return m_changed.wait_for(lock, limit, [&] { return m_state == state; });
}

std::string Guest::screen()
{
    const auto view = m_vm->screenText();
    if (!view)
        return "<" + view.error().message() + ">";
    std::string text;
    for (const std::string& line : view->lines)
        text += line + '\n';
    return text;
}

namespace {

template <class Condition>
bool poll(std::chrono::seconds limit, Condition condition)
{
    const auto deadline = std::chrono::steady_clock::now() + limit;
    while (!condition()) {
        if (std::chrono::steady_clock::now() > deadline)
            return false;
        std::this_thread::sleep_for(100ms);
    }
    return true;
}

} // namespace

bool Guest::waitForScreen(const std::string& text, std::chrono::seconds limit)
{
    return poll(limit, [&] { return screen().find(text) != std::string::npos; });
}

bool Guest::waitForSerial(const std::string& text, std::chrono::seconds limit)
{
    return poll(limit, [&] { return serial().find(text) != std::string::npos; });
}

void Guest::press(engine::KeyCode code)
{
    m_vm->keyboard().key(code, true);
    m_vm->keyboard().key(code, false);
    // Real-mode programs read one scan code at a time, at the emulated speed of this KVM.
    std::this_thread::sleep_for(60ms);
}

void Guest::type(std::string_view text)
{
    static const std::map<char, engine::KeyCode> Keys{
        {'a', KEY_A},     {'b', KEY_B},     {'c', KEY_C}, {'d', KEY_D}, {'e', KEY_E}, {'f', KEY_F},
        {'g', KEY_G},     {'h', KEY_H},     {'i', KEY_I}, {'j', KEY_J}, {'k', KEY_K}, {'l', KEY_L},
        {'m', KEY_M},     {'n', KEY_N},     {'o', KEY_O}, {'p', KEY_P}, {'q', KEY_Q}, {'r', KEY_R},
        {'s', KEY_S},     {'t', KEY_T},     {'u', KEY_U}, {'v', KEY_V}, {'w', KEY_W}, {'x', KEY_X},
        {'y', KEY_Y},     {'z', KEY_Z},     {'0', KEY_0}, {'1', KEY_1}, {'2', KEY_2}, {'3', KEY_3},
        {'4', KEY_4},     {'5', KEY_5},     {'6', KEY_6}, {'7', KEY_7}, {'8', KEY_8}, {'9', KEY_9},
        {' ', KEY_SPACE}, {'\n', KEY_ENTER}};
    for (const char c : text) {
        if (c == '*') {
            m_vm->keyboard().key(KEY_LEFTSHIFT, true);
            press(KEY_8);
            m_vm->keyboard().key(KEY_LEFTSHIFT, false);
            continue;
        }
        press(Keys.at(c));
    }
}

engine::Result<> Guest::run(void (engine::Vm::*request)(engine::Vm::Done))
{
    std::promise<engine::Result<>> outcome;
    auto future = outcome.get_future();
    (*m_vm.*request)([&outcome](engine::Result<> result) { outcome.set_value(std::move(result)); });
    return future.get();
}

std::filesystem::path sharedGuests()
{
    return std::filesystem::path(GUESTHOUSE_SOURCE_DIR) / "../shared/guests";
}

bool kvmIsUsable()
{
    return ::access("/dev/kvm", R_OK | W_OK) == 0;
}

} // namespace boot
