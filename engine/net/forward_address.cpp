// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/forward_address.h"

#include <arpa/inet.h>

#include <charconv>
#include <cstring>
#include <fstream>
#include <optional>
#include <vector>

namespace engine::net {

namespace {

constexpr const char* DefaultHostAddress = "127.0.0.1";

/// The address family, AF_UNSPEC when the text is no address.
int parseAddress(const std::string& text, std::uint16_t port, sockaddr_storage& into)
{
    sockaddr_in four{};
    sockaddr_in6 six{};
    if (::inet_pton(AF_INET, text.c_str(), &four.sin_addr) == 1) {
        four.sin_family = AF_INET;
        four.sin_port = htons(port);
        std::memcpy(&into, &four, sizeof four);
        return AF_INET;
    }
    if (::inet_pton(AF_INET6, text.c_str(), &six.sin6_addr) == 1) {
        six.sin6_family = AF_INET6;
        six.sin6_port = htons(port);
        std::memcpy(&into, &six, sizeof six);
        return AF_INET6;
    }
    return AF_UNSPEC;
}

std::string bracketed(const std::string& address)
{
    return address.contains(':') ? "[" + address + "]" : address;
}

/// Splits at colons outside of brackets; brackets are dropped.
std::vector<std::string> splitParts(std::string_view text)
{
    std::vector<std::string> parts(1);
    bool inside = false;
    for (const char c : text) {
        if (c == '[' || c == ']')
            inside = c == '[';
        else if (c == ':' && !inside)
            parts.emplace_back();
        else
            parts.back() += c;
    }
    return parts;
}

std::optional<std::uint16_t> parsePort(const std::string& text)
{
    std::uint16_t port = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (problem != std::errc{} || end != text.data() + text.size() || port == 0)
        return std::nullopt;
    return port;
}

bool isNumber(const std::string& text)
{
    return !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
}

unsigned firstUnprivilegedPort()
{
    constexpr unsigned Usual = 1024;
    unsigned port = Usual;
    std::ifstream file("/proc/sys/net/ipv4/ip_unprivileged_port_start");
    return file >> port ? port : Usual;
}

} // namespace

Result<ForwardAddress> ForwardAddress::parse(const PortForward& rule)
{
    if (rule.hostPort == 0 || rule.guestPort == 0)
        return fail(ErrorCode::InvalidArgument, "a port forward needs ports from 1 to 65535 on both sides");
    ForwardAddress result;
    const int hostFamily = parseAddress(rule.hostAddress, rule.hostPort, result.m_host);
    if (hostFamily == AF_UNSPEC)
        return fail(ErrorCode::InvalidArgument,
                    "\"" + rule.hostAddress
                        + "\" is not an IP address; use 127.0.0.1 (this computer only) or "
                          "0.0.0.0 (everybody on its networks)");
    if (rule.guestAddress.empty() && hostFamily == AF_INET6)
        return fail(
            ErrorCode::InvalidArgument,
            "a forward from an IPv6 address needs the guest's IPv6 address; `ip -6 addr` in the guest "
            "shows it");
    const std::string guest = rule.guestAddress.empty() ? GuestIpv4 : rule.guestAddress;
    const int guestFamily = parseAddress(guest, rule.guestPort, result.m_guest);
    if (guestFamily == AF_UNSPEC)
        return fail(ErrorCode::InvalidArgument,
                    "\"" + guest
                        + "\" is not an IP address; leave the guest's address out for the usual one");
    if (guestFamily != hostFamily)
        return fail(ErrorCode::InvalidArgument,
                    "both addresses of a port forward must be IPv4, or both IPv6");
    result.m_length = hostFamily == AF_INET ? sizeof(sockaddr_in) : sizeof(sockaddr_in6);
    return result;
}

std::string describe(const PortForward& rule)
{
    std::string text = rule.udp ? "udp:" : "tcp:";
    if (rule.hostAddress != DefaultHostAddress)
        text += bracketed(rule.hostAddress) + ":";
    text += std::to_string(rule.hostPort) + ":";
    if (!rule.guestAddress.empty())
        text += bracketed(rule.guestAddress) + ":";
    return text + std::to_string(rule.guestPort);
}

Result<PortForward> parseForward(std::string_view text)
{
    const auto parts = splitParts(text);
    const auto refuse = [&] {
        return fail(ErrorCode::InvalidArgument,
                    "\"" + std::string(text)
                        + "\" is not a port forward; it looks like tcp:2222:22 (host port, guest port) or "
                          "udp:0.0.0.0:5353:10.0.2.15:53");
    };
    PortForward rule;
    if (parts.size() < 3 || parts.size() > 5 || (parts[0] != "tcp" && parts[0] != "udp"))
        return refuse();
    rule.udp = parts[0] == "udp";
    std::size_t next = 1;
    if (!isNumber(parts[next]))
        rule.hostAddress = parts[next++];
    const auto hostPort = parsePort(parts[next++]);
    if (next < parts.size() && !isNumber(parts[next]))
        rule.guestAddress = parts[next++];
    if (!hostPort || next + 1 != parts.size())
        return refuse();
    const auto guestPort = parsePort(parts[next]);
    if (!guestPort)
        return refuse();
    rule.hostPort = *hostPort;
    rule.guestPort = *guestPort;
    VM_TRY(ForwardAddress::parse(rule));
    return rule;
}

Error explainBindFailure(const PortForward& rule, int err)
{
    const std::string port = std::string(rule.udp ? "UDP" : "TCP") + " port " + std::to_string(rule.hostPort)
                             + " on " + rule.hostAddress;
    Error error = Error::system("cannot listen on " + port, err);
    if (err == EADDRINUSE) {
        error.code = ErrorCode::Busy;
        error.detail = port + " is in use by another program, so it cannot be forwarded; choose another host "
                       + "port, or find the program with `ss -" + (rule.udp ? "u" : "t") + "lnp` and stop it";
    } else if (err == EACCES || err == EPERM) {
        const std::string first = std::to_string(firstUnprivilegedPort());
        error.code = ErrorCode::Denied;
        error.detail = port + " is privileged: on this computer ports below " + first
                       + " are for the administrator; choose " + first + " or above, for example "
                       + std::to_string(rule.hostPort < 1000 ? 8000 + rule.hostPort : 8080);
    } else if (err == EADDRNOTAVAIL) {
        error.code = ErrorCode::InvalidArgument;
        error.detail = rule.hostAddress + " is not an address of this computer; use 127.0.0.1 or 0.0.0.0";
    }
    return error;
}

} // namespace engine::net
