// SPDX-License-Identifier: GPL-3.0-or-later
#include "block/import/ovf_manifest.h"

#include <nettle/sha1.h>
#include <nettle/sha2.h>

#include <algorithm>
#include <array>
#include <variant>

namespace engine::block {

namespace {

constexpr std::size_t MaxEntries = 1024;

constexpr std::size_t digestBytes(DigestKind kind)
{
    switch (kind) {
    case DigestKind::Sha1: return SHA1_DIGEST_SIZE;
    case DigestKind::Sha256: return SHA256_DIGEST_SIZE;
    case DigestKind::Sha512: return SHA512_DIGEST_SIZE;
    }
    return 0;
}

std::optional<DigestKind> parseKind(std::string_view name)
{
    if (name == "SHA1")
        return DigestKind::Sha1;
    if (name == "SHA256")
        return DigestKind::Sha256;
    if (name == "SHA512")
        return DigestKind::Sha512;
    return std::nullopt;
}

std::string_view trimmed(std::string_view text)
{
    constexpr std::string_view Blanks = " \t\r";
    const std::size_t first = text.find_first_not_of(Blanks);
    if (first == std::string_view::npos)
        return {};
    return text.substr(first, text.find_last_not_of(Blanks) - first + 1);
}

std::optional<std::string> lowerHexadecimal(std::string_view text, std::size_t bytes)
{
    if (text.size() != 2 * bytes)
        return std::nullopt;
    std::string lower;
    for (const char c : text) {
        const bool isDigit = c >= '0' && c <= '9';
        const char letter = c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c;
        if (!isDigit && (letter < 'a' || letter > 'f'))
            return std::nullopt;
        lower += letter;
    }
    return lower;
}

} // namespace

struct FileDigest::State {
    std::variant<sha1_ctx, sha256_ctx, sha512_ctx> context;
};

FileDigest::FileDigest(DigestKind kind) : m_state(std::make_unique<State>())
{
    switch (kind) {
    case DigestKind::Sha1: ::nettle_sha1_init(&m_state->context.emplace<sha1_ctx>()); break;
    case DigestKind::Sha256: ::nettle_sha256_init(&m_state->context.emplace<sha256_ctx>()); break;
    case DigestKind::Sha512: ::nettle_sha512_init(&m_state->context.emplace<sha512_ctx>()); break;
    }
}

FileDigest::~FileDigest() = default;
FileDigest::FileDigest(FileDigest&&) noexcept = default;

void FileDigest::add(std::span<const std::byte> bytes)
{
    const auto* const data = reinterpret_cast<const std::uint8_t*>(bytes.data());
    if (auto* sha1 = std::get_if<sha1_ctx>(&m_state->context))
        ::nettle_sha1_update(sha1, bytes.size(), data);
    else if (auto* sha256 = std::get_if<sha256_ctx>(&m_state->context))
        ::nettle_sha256_update(sha256, bytes.size(), data);
    else
        ::nettle_sha512_update(&std::get<sha512_ctx>(m_state->context), bytes.size(), data);
}

std::string FileDigest::finish()
{
    std::array<std::uint8_t, SHA512_DIGEST_SIZE> digest{};
    std::size_t bytes = 0;
    if (auto* sha1 = std::get_if<sha1_ctx>(&m_state->context)) {
        bytes = SHA1_DIGEST_SIZE;
        ::nettle_sha1_digest(sha1, bytes, digest.data());
    } else if (auto* sha256 = std::get_if<sha256_ctx>(&m_state->context)) {
        bytes = SHA256_DIGEST_SIZE;
        ::nettle_sha256_digest(sha256, bytes, digest.data());
    } else {
        bytes = SHA512_DIGEST_SIZE;
        ::nettle_sha512_digest(&std::get<sha512_ctx>(m_state->context), bytes, digest.data());
    }
    constexpr std::string_view Digits = "0123456789abcdef";
    std::string text;
    for (const std::uint8_t byte : std::span(digest).first(bytes)) {
        text += Digits[byte >> 4];
        text += Digits[byte & 15];
    }
    return text;
}

Result<OvfManifest> OvfManifest::parse(std::string_view text)
{
    OvfManifest manifest;
    const auto refuse = [] {
        return fail(ErrorCode::Corrupt,
                    "the package's manifest (.mf) can't be understood, so its files can't be "
                    "checked; get the package again");
    };
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        const std::string_view line = trimmed(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
        if (line.empty())
            continue;
        const std::size_t open = line.find('(');
        const std::size_t close = line.rfind(')');
        const std::size_t equals = line.rfind('=');
        if (open == std::string_view::npos || close == std::string_view::npos
            || equals == std::string_view::npos || open > close || close > equals
            || manifest.m_files.size() == MaxEntries)
            return refuse();
        const auto kind = parseKind(trimmed(line.substr(0, open)));
        if (!kind)
            return refuse();
        auto digest = lowerHexadecimal(trimmed(line.substr(equals + 1)), digestBytes(*kind));
        if (!digest)
            return refuse();
        manifest.m_files[std::string(line.substr(open + 1, close - open - 1))] = {
            .kind = *kind, .hexadecimal = std::move(*digest)};
    }
    return manifest;
}

std::optional<FileDigest> OvfManifest::begin(const std::string& file) const
{
    const auto entry = m_files.find(file);
    return entry == m_files.end() ? std::nullopt : std::optional<FileDigest>(entry->second.kind);
}

Result<> OvfManifest::verify(const std::string& file, FileDigest digest) const
{
    const auto entry = m_files.find(file);
    if (entry == m_files.end() || digest.finish() == entry->second.hexadecimal)
        return {};
    std::string text = "the file '";
    text += file;
    text += "' of the package is not the one that its manifest was made for: it is damaged or was changed; "
            "get the "
            "package again";
    return fail(ErrorCode::Corrupt, std::move(text));
}

} // namespace engine::block
