// SPDX-License-Identifier: GPL-3.0-or-later
#include "conformance/qtest_session.h"

#include "conformance/text_codes.h"

#include <algorithm>
#include <array>

namespace engine::conformance {

namespace {

constexpr std::uint64_t LargestBlock = std::uint64_t{64} << 20;
constexpr std::uint64_t LongestTime = std::uint64_t{1} << 58; // nanoseconds

std::unexpected<Error> refuse(std::string text)
{
    return fail(ErrorCode::InvalidArgument, std::move(text));
}

/// The number in `words[index]`, as strtoull would read it but nothing behind it.
Result<std::uint64_t> numberAt(const std::vector<std::string_view>& words, std::size_t index)
{
    if (index >= words.size())
        return refuse("Missing argument of '" + std::string(words[0]) + "'");
    const auto number = parseNumber(words[index]);
    if (!number)
        return refuse("'" + std::string(words[index]) + "' is not a number");
    return *number;
}

/// 1, 2, 4 or 8 for the last letter of a command, 0 for another letter.
unsigned widthOf(char suffix)
{
    switch (suffix) {
    case 'b': return 1;
    case 'w': return 2;
    case 'l': return 4;
    case 'q': return 8;
    default: return 0;
    }
}

std::vector<std::string_view> split(std::string_view line)
{
    std::vector<std::string_view> words;
    while (!line.empty()) {
        const auto space = line.find(' ');
        if (space != 0)
            words.push_back(line.substr(0, space));
        line = space == std::string_view::npos ? std::string_view() : line.substr(space + 1);
    }
    return words;
}

} // namespace

QtestSession::QtestSession(SoftwareMachine& machine, Output output)
    : m_machine(machine), m_output(std::move(output))
{}

QtestSession::~QtestSession()
{
    m_machine.platform().setIrqListener({});
}

void QtestSession::send(std::string_view line)
{
    std::scoped_lock lock(m_outputMutex);
    m_output(line);
}

void QtestSession::execute(std::string_view line)
{
    const Words words = split(line);
    if (words.empty())
        return;
    const auto text = answer(words);
    send(text ? "OK" + (text->empty() ? std::string() : " " + *text) : "FAIL " + text.error().detail);
}

Result<std::string> QtestSession::answer(const Words& words)
{
    const std::string_view command = words[0];
    constexpr std::array PortCommands{"inb", "inw", "inl", "outb", "outw", "outl"};
    constexpr std::array MemoryCommands{"readb",  "readw",  "readl",  "readq",
                                        "writeb", "writew", "writel", "writeq"};
    constexpr std::array BlockCommands{"read", "write", "memset", "b64read", "b64write"};
    const auto isOneOf = [&](const auto& names) {
        return std::ranges::any_of(names, [&](std::string_view name) { return name == command; });
    };
    if (isOneOf(PortCommands))
        return port(words);
    if (isOneOf(MemoryCommands))
        return memoryCell(words);
    if (isOneOf(BlockCommands))
        return block(words);
    if (command == "clock_step" || command == "clock_set")
        return clock(words);
    if (command == "irq_intercept_in" || command == "irq_intercept_out")
        return interceptIrq(words);
    if (command == "endianness")
        return "little";
    return refuse("Unknown command '" + std::string(command) + "'");
}

Result<std::string> QtestSession::port(const Words& words)
{
    const unsigned width = widthOf(words[0].back());
    const auto number = VM_TRY(numberAt(words, 1)) & 0xffff;
    if (words[0].starts_with("in"))
        return formatHex(m_machine.portRead(number, width), 4);
    m_machine.portWrite(number, width, VM_TRY(numberAt(words, 2)));
    return "";
}

Result<std::string> QtestSession::memoryCell(const Words& words)
{
    const unsigned width = widthOf(words[0].back());
    const auto address = VM_TRY(numberAt(words, 1));
    m_machine.deliverMessages();
    if (words[0].starts_with("read"))
        return formatHex(m_machine.memoryRead(address, width), 16);
    m_machine.memoryWrite(address, width, VM_TRY(numberAt(words, 2)));
    return "";
}

Result<std::string> QtestSession::block(const Words& words)
{
    const std::string_view command = words[0];
    const GuestAddress address(VM_TRY(numberAt(words, 1)));
    const auto length = VM_TRY(numberAt(words, 2));
    if (length == 0 || length > LargestBlock)
        return refuse("A block has 1 byte to 64 MiB");
    std::vector<std::byte> data(length);
    m_machine.deliverMessages();
    AddressSpace& space = m_machine.machine().addressSpace();
    if (command == "read" || command == "b64read") {
        space.read(address, data);
        return command == "read" ? "0x" + encodeHex(data) : encodeBase64(data);
    }
    if (command == "memset") {
        std::ranges::fill(data, std::byte(static_cast<std::uint8_t>(VM_TRY(numberAt(words, 3)))));
        space.write(address, data);
        return "";
    }
    if (words.size() < 4)
        return refuse("Missing argument of '" + std::string(command) + "'");
    const auto given = command == "write" ? decodeHex(words[3]) : decodeBase64(words[3]);
    if (!given)
        return refuse("The data of '" + std::string(command) + "' is malformed");
    if (command == "write") // too short data is filled with zeros, too long data is cut
        std::ranges::copy_n(given->begin(), static_cast<std::ptrdiff_t>(std::min(given->size(), data.size())),
                            data.begin());
    else
        data.assign(given->begin(),
                    given->begin() + static_cast<std::ptrdiff_t>(std::min(given->size(), data.size())));
    space.write(address, data);
    return "";
}

Result<std::string> QtestSession::clock(const Words& words)
{
    ManualClock& clock = m_machine.platform().clock();
    if (words[0] == "clock_set" || words.size() > 1) {
        const auto number = VM_TRY(numberAt(words, 1));
        if (number > LongestTime)
            return refuse("The clock takes times up to nine years");
        const std::chrono::nanoseconds time(number);
        if (words[0] == "clock_set")
            clock.advanceTo(time);
        else
            clock.advance(time);
    } else if (const auto next = clock.nextDeadline()) {
        clock.advanceTo(*next);
    }
    return std::to_string(clock.now().count());
}

Result<std::string> QtestSession::interceptIrq(const Words& words)
{
    if (words.size() < 2 || words[1] != "ioapic")
        return refuse("Unknown device");
    if (!m_intercepts) {
        m_intercepts = true;
        m_machine.platform().setIrqListener([this](unsigned gsi, bool asserted) {
            send((asserted ? "IRQ raise " : "IRQ lower ") + std::to_string(gsi));
        });
    }
    return "";
}

} // namespace engine::conformance
