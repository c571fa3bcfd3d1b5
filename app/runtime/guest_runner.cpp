// SPDX-License-Identifier: GPL-3.0-or-later
#include "runtime/guest_runner.h"

#include "runtime/key_names.h"
#include "runtime/network_requests.h"
#include "runtime/screen_sharing.h"
#include "runtime/serial_backend.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace app {

using engine::ErrorCode;
using engine::Result;
using engine::VmState;
using nlohmann::json;

namespace {

json toJson(const engine::VmStatistics& statistics)
{
    return {{"cpuSeconds", std::chrono::duration<double>(statistics.cpuTime).count()},
            {"memoryTouchedBytes", statistics.touchedMemoryBytes},
            {"diskReadBytes", statistics.diskReadBytes},
            {"diskWrittenBytes", statistics.diskWrittenBytes},
            {"networkReceivedBytes", statistics.networkReceivedBytes},
            {"networkSentBytes", statistics.networkSentBytes},
            {"exits", statistics.exits},
            {"assistedInstructions", statistics.assistedInstructions}};
}

std::string_view toText(engine::LogLevel level)
{
    switch (level) {
    case engine::LogLevel::Debug: return "debug";
    case engine::LogLevel::Info: return "info";
    case engine::LogLevel::Warning: return "warning";
    case engine::LogLevel::Error: return "error";
    }
    return "info";
}

json toJson(const engine::LogEntry& entry)
{
    const auto seconds = std::chrono::duration<double>(entry.time.time_since_epoch()).count();
    return {{"time", seconds},
            {"level", toText(entry.level)},
            {"component", entry.component},
            {"text", entry.text}};
}

json toJson(const engine::Milestone& milestone)
{
    return {{"milliseconds", milestone.at.count()}, {"name", milestone.name}, {"detail", milestone.detail}};
}

engine::Vm::Done answerWhenDone(ControlHandler::Reply reply)
{
    return [reply = std::move(reply)](Result<> outcome) {
        reply(outcome ? successAnswer() : failureAnswer(outcome.error()));
    };
}

std::string textParameter(const json& parameters, const char* name)
{
    const auto it = parameters.find(name);
    return it != parameters.end() && it->is_string() ? it->get<std::string>() : std::string();
}

/// The characters of UTF-8 text; nullopt when it is not UTF-8.
std::optional<std::u32string> decodeUtf8(std::string_view text)
{
    std::u32string characters;
    while (!text.empty()) {
        const auto lead = static_cast<unsigned char>(text.front());
        const std::size_t length = lead < 0x80       ? 1
                                   : lead >> 5 == 6  ? 2
                                   : lead >> 4 == 14 ? 3
                                   : lead >> 3 == 30 ? 4
                                                     : 0;
        if (length == 0 || length > text.size())
            return std::nullopt;
        char32_t character = length == 1 ? lead : lead & (0x7fU >> length);
        for (std::size_t i = 1; i < length; ++i)
            character = character << 6 | (static_cast<unsigned char>(text[i]) & 0x3fU);
        characters += character;
        text.remove_prefix(length);
    }
    return characters;
}

} // namespace

Result<std::unique_ptr<GuestRunner>> GuestRunner::start(engine::VmConfig config)
{
    auto serial = VM_TRY(createSerialBackend(config.serial));
    auto folder = VM_TRY(RuntimeFolder::create(config.id, config.name));
    std::unique_ptr<GuestRunner> runner(
        new GuestRunner(std::move(folder), VM_TRY(engine::EventFd::create())));
    runner->m_serial = std::move(serial);
    runner->m_loop = VM_TRY(engine::EventLoop::create("control"));
    runner->m_vm = VM_TRY(engine::Vm::create(std::move(config), *runner, runner->m_serial));
    {
        auto server =
            VM_TRY(ControlServer::create(*runner->m_loop, runner->m_folder.controlSocket(), *runner));
        std::scoped_lock lock(runner->m_mutex);
        runner->m_server = std::move(server);
    }
    VM_TRY(runner->showScreen());
    runner->m_vm->requestStart();
    return runner;
}

Result<> GuestRunner::showScreen()
{
    engine::display::DisplaySource* display = m_vm->display();
    if (!display)
        return {};
    m_screenLoop = VM_TRY(engine::EventLoop::create("screen"));
    auto server =
        VM_TRY(engine::display::RfbServer::create(*m_screenLoop, *display, m_vm->keyboard(), m_vm->pointer(),
                                                  {.name = m_vm->config().name}, m_screenLog));
    {
        std::scoped_lock lock(m_mutex);
        m_rfb = std::move(server);
    }
    return m_rfb->listenLocal(m_folder.rfbSocket().string());
}

GuestRunner::~GuestRunner()
{
    std::unique_ptr<engine::display::RfbServer> screen;
    {
        std::scoped_lock lock(m_mutex);
        screen = std::move(m_rfb);
    }
    screen.reset();
    if (m_loop)
        m_loop->runAndWait(
            [this] { m_isClosing = true; }); // from now on no request and no key reaches the guest
    m_vm.reset();                            // answers what it was asked
    std::unique_ptr<ControlServer> server;
    {
        std::scoped_lock lock(m_mutex);
        server = std::move(m_server);
    }
    server.reset(); // after the answers have been sent
}

std::optional<GuestRunner::End> GuestRunner::end() const
{
    std::scoped_lock lock(m_mutex);
    return m_end;
}

void GuestRunner::broadcast(const json& event)
{
    std::scoped_lock lock(m_mutex);
    if (m_server)
        m_server->broadcast(event);
}

void GuestRunner::onStateChanged(VmState state, const std::string& reason)
{
    broadcast({{"event", "state"}, {"state", std::string(toString(state))}, {"reason", reason}});
    if (state != VmState::Stopped && state != VmState::Failed)
        return;
    {
        std::scoped_lock lock(m_mutex);
        m_end = End{.state = state, .reason = reason};
    }
    m_ended.signal();
}

void GuestRunner::onMilestone(const engine::Milestone& milestone)
{
    json event = toJson(milestone);
    event["event"] = "milestone";
    broadcast(event);
}

void GuestRunner::onProblem(const engine::VmProblem& problem)
{
    broadcast(
        {{"event", "problem"}, {"code", std::string(toString(problem.code))}, {"message", problem.text}});
}

void GuestRunner::onLog(const engine::LogEntry& entry)
{
    json event = toJson(entry);
    event["event"] = "log";
    broadcast(event);
}

void GuestRunner::onInputChanged()
{
    std::scoped_lock lock(m_mutex);
    if (m_rfb)
        m_rfb->inputModeChanged();
}

void GuestRunner::answerStatus(const Reply& reply)
{
    json answer = successAnswer();
    const engine::VmConfig& config = m_vm->config();
    answer["state"] = std::string(toString(m_vm->state()));
    answer["name"] = config.name;
    answer["guestId"] = config.id;
    answer["pid"] = ::getpid();
    answer["cpus"] = config.cpuCount;
    answer["memoryBytes"] = config.memoryBytes;
    answer["uptimeSeconds"] = std::chrono::duration<double>(m_vm->uptime()).count();
    const auto route = m_vm->inputRoute();
    answer["input"] = {{"keyboard", route.keyboard}, {"pointer", route.pointer}};
    answer["statistics"] = toJson(m_vm->statistics());
    if (const auto reason = m_vm->stateReason(); !reason.empty())
        answer["failure"] = reason;
    if (engine::display::DisplaySource* display = m_vm->display()) {
        const auto frame = display->currentFrame();
        answer["display"] = {{"width", frame.width}, {"height", frame.height}};
    }
    reply(std::move(answer));
}

void GuestRunner::answerScreenText(const Reply& reply)
{
    auto text = m_vm->screenText();
    if (!text) {
        reply(failureAnswer(text.error()));
        return;
    }
    json answer = successAnswer();
    answer["columns"] = text->columns;
    answer["rows"] = text->rows;
    answer["lines"] = text->lines;
    answer["cursor"] = {{"column", text->cursorColumn}, {"row", text->cursorRow}};
    reply(std::move(answer));
}

void GuestRunner::typeText(const std::string& text, Reply reply)
{
    const auto characters = decodeUtf8(text);
    if (!characters) {
        reply(failureAnswer({.code = ErrorCode::InvalidArgument, .detail = "the text to type is not UTF-8"}));
        return;
    }
    std::vector<KeyChord> chords;
    for (const char32_t character : *characters) {
        auto chord = chordForCharacter(character);
        if (!chord) {
            reply(failureAnswer(chord.error()));
            return;
        }
        chords.push_back(std::move(*chord));
    }
    std::ranges::reverse(chords); // typed from the back
    m_loop->runAndWait([this, &chords, &reply] { typeNext(std::move(chords), std::move(reply)); });
}

void GuestRunner::typeNext(std::vector<KeyChord> chords, Reply reply)
{
    if (chords.empty() || m_isClosing) {
        reply(successAnswer());
        return;
    }
    pressChord(chords.back());
    chords.pop_back();
    // A guest without a driver yet reads keys one by one; a person who types fast leaves it this much.
    constexpr std::chrono::milliseconds BetweenKeys(30);
    m_loop->startTimer(std::chrono::steady_clock::now() + BetweenKeys,
                       [this, chords = std::move(chords), reply = std::move(reply)]() mutable {
                           typeNext(std::move(chords), std::move(reply));
                       });
}

void GuestRunner::pressChord(const KeyChord& chord)
{
    engine::KeyboardSink& keyboard = m_vm->keyboard();
    for (const auto code : chord)
        keyboard.key(code, true);
    for (auto it = chord.rbegin(); it != chord.rend(); ++it)
        keyboard.key(*it, false);
}

void GuestRunner::answerHistory(const std::string& verb, const Reply& reply)
{
    json answer = successAnswer();
    json entries = json::array();
    if (verb == "log") {
        for (const engine::LogEntry& entry : m_vm->logEntries())
            entries.push_back(toJson(entry));
        answer["entries"] = std::move(entries);
    } else {
        for (const engine::Milestone& milestone : m_vm->milestones())
            entries.push_back(toJson(milestone));
        answer["events"] = std::move(entries);
    }
    reply(std::move(answer));
}

void GuestRunner::handle(const std::string& verb, const json& parameters, Reply reply)
{
    if (m_isClosing) {
        reply(failureAnswer({.code = ErrorCode::Cancelled, .detail = "the guest is ending"}));
        return;
    }
    using Request = void (engine::Vm::*)(engine::Vm::Done);
    static const std::map<std::string, Request, std::less<>> Requests{
        {"pause", &engine::Vm::requestPause}, {"resume", &engine::Vm::requestResume},
        {"reset", &engine::Vm::requestReset}, {"shutdown", &engine::Vm::requestPowerButton},
        {"kill", &engine::Vm::requestStop},
    };
    if (const auto it = Requests.find(verb); it != Requests.end()) {
        (m_vm.get()->*it->second)(answerWhenDone(std::move(reply)));
    } else if (verb == "status") {
        answerStatus(reply);
    } else if (verb == "screen-text") {
        answerScreenText(reply);
    } else if (verb == "screenshot") {
        const auto written = m_vm->screenshot(textParameter(parameters, "path"));
        reply(written ? successAnswer() : failureAnswer(written.error()));
    } else if (verb == "type") {
        typeText(textParameter(parameters, "text"), std::move(reply));
    } else if (verb == "keys") {
        const auto chord = parseKeyChord(textParameter(parameters, "keys"));
        if (chord)
            pressChord(*chord);
        reply(chord ? successAnswer() : failureAnswer(chord.error()));
    } else if (verb == "cd") {
        const auto drive = parameters.find("drive");
        const bool named = drive != parameters.end() && drive->is_number_unsigned();
        m_vm->requestCdChange(named ? drive->get<std::size_t>() : 0, textParameter(parameters, "path"),
                              answerWhenDone(std::move(reply)));
    } else if (verb == "log" || verb == "timeline") {
        answerHistory(verb, reply);
    } else if (json answer = answerNetworkRequest(*m_vm, verb, parameters); !answer.is_null()) {
        reply(std::move(answer));
    } else if (json shared = answerSharingRequest(m_rfb.get(), verb, parameters); !shared.is_null()) {
        reply(std::move(shared));
    } else {
        reply(failureAnswer(
            {.code = ErrorCode::Unsupported, .detail = "there is no request \"" + verb + "\""}));
    }
}

} // namespace app
