// SPDX-License-Identifier: GPL-3.0-or-later
// What a guest's network shows to people, and what they do to it.
#include "net/guest_network.h"
#include "net/switch_port.h"

namespace engine::net {

NetworkView GuestNetwork::view()
{
    NetworkView view;
    m_loop->runAndWait([&] {
        const auto* const port = dynamic_cast<const SwitchPort*>(m_uplink.get());
        const auto& listening = m_monitor.listeningPorts();
        view = {.mode = m_mode,
                .place = m_place,
                .linkUp = m_linkUp,
                .mac = m_config.mac,
                .peers = port ? port->peerCount() : 0,
                .addresses = m_monitor.addresses(),
                .flows = m_monitor.flows().list(std::chrono::steady_clock::now()),
                .names = {m_monitor.names().begin(), m_monitor.names().end()},
                .listening = {listening.begin(), listening.end()},
                .blocked = m_monitor.flows().blocked(),
                .forwards = m_forwards,
                .shaping = m_shaping,
                .captureFile = m_captureFile,
                .statistics = statistics()};
    });
    return view;
}

void GuestNetwork::tell(FlowTable::Resets resets)
{
    if (!resets.toGuest.empty())
        answerSoon(std::move(resets.toGuest), FrameWay::ToGuest);
    if (!resets.toPeer.empty())
        answerSoon(std::move(resets.toPeer), FrameWay::FromGuest);
}

Result<> GuestNetwork::cut(std::uint64_t connection)
{
    return onLoop([&]() -> Result<> {
        auto resets = m_monitor.flows().cut(connection);
        if (!resets)
            return fail(ErrorCode::NotFound,
                        "there is no connection number " + std::to_string(connection) + " any more");
        tell(*std::move(resets));
        return {};
    });
}

Result<> GuestNetwork::block(const BlockRule& rule)
{
    return onLoop([&]() -> Result<> {
        std::vector<FlowTable::Resets> resets;
        if (!m_monitor.flows().block(rule, resets))
            return fail(ErrorCode::InvalidState,
                        describe(rule) + " is blocked already, or too many peers are blocked");
        for (FlowTable::Resets& one : resets)
            tell(std::move(one));
        return {};
    });
}

Result<> GuestNetwork::unblock(const BlockRule& rule)
{
    return onLoop([&]() -> Result<> {
        if (!m_monitor.flows().unblock(rule))
            return fail(ErrorCode::NotFound, describe(rule) + " is not blocked");
        return {};
    });
}

Result<> GuestNetwork::setShaping(const Shaping& shaping)
{
    constexpr std::uint32_t LongestDelay = 10'000;
    constexpr std::uint64_t Slowest = 1000; // bits per second
    const auto isRate = [](std::uint64_t rate) { return rate == 0 || rate >= Slowest; };
    if (!(shaping.lossPercent >= 0 && shaping.lossPercent <= 100) || shaping.delayMilliseconds > LongestDelay
        || !isRate(shaping.downBitsPerSecond) || !isRate(shaping.upBitsPerSecond))
        return fail(ErrorCode::InvalidArgument,
                    "a network can lose 0 to 100 percent, delay 0 to 10000 milliseconds, and carry 1000 or "
                    "more bits a second (0: no limit)");
    m_loop->runAndWait([&] {
        const std::chrono::microseconds oneWay{shaping.delayMilliseconds * 500U};
        m_shaping = shaping;
        m_up.configure(
            {.bitsPerSecond = shaping.upBitsPerSecond, .delay = oneWay, .lossPercent = shaping.lossPercent});
        m_down.configure({.bitsPerSecond = shaping.downBitsPerSecond,
                          .delay = oneWay,
                          .lossPercent = shaping.lossPercent});
        m_uplink->wake();
    });
    return {};
}

void GuestNetwork::probeListening()
{
    m_loop->runAndWait([this] {
        if (m_stack == nullptr)
            return; // where no forward is possible, nobody needs to know
        for (std::vector<std::byte>& frame : m_monitor.probe())
            answerSoon(std::move(frame), FrameWay::ToGuest);
    });
}

} // namespace engine::net
