// SPDX-License-Identifier: GPL-3.0-or-later
#include "devices/chipset/fw_cfg_items.h"

#include <algorithm>

namespace engine {

namespace {

void appendBigEndian(FwCfgItems::Bytes& out, std::uint32_t value, unsigned widthBytes)
{
    for (unsigned i = widthBytes; i-- > 0;)
        out.push_back(std::byte(static_cast<std::uint8_t>(value >> (8 * i))));
}

} // namespace

Result<> FwCfgItems::checkName(const std::string& name)
{
    if (name.empty() || name.size() > MaxNameBytes)
        return fail(ErrorCode::InvalidArgument,
                    "the fw_cfg file name '" + name + "' is empty or longer than 55 bytes");
    return {};
}

Result<> FwCfgItems::setItem(std::uint16_t key, Bytes content)
{
    // Architecture-local keys (bit 15) form a space of their own.
    if ((key & WriteChannel) != 0 || key == DirectoryKey || (key >= FirstFileKey && key < 0x8000))
        return fail(ErrorCode::InvalidArgument, "this fw_cfg key belongs to the file directory");
    Item& item = m_numbered[key];
    item.content = std::move(content);
    return {};
}

Result<> FwCfgItems::setFile(const std::string& name, Bytes content, WriteHook onWrite)
{
    VM_TRY(checkName(name));
    if (content.size() > UINT32_MAX)
        return fail(ErrorCode::InvalidArgument, "the fw_cfg file '" + name + "' is larger than 4 GiB");
    const bool isNew = !m_files.contains(name);
    if (isNew && m_files.size() == MaxFiles)
        return fail(ErrorCode::NoSpace, "the fw_cfg directory is full");
    Item& item = m_files[name];
    if (item.group)
        return fail(ErrorCode::InvalidArgument, "the fw_cfg file '" + name + "' is a generated one");
    item.writable = static_cast<bool>(onWrite);
    item.initial = item.writable ? content : Bytes{};
    item.content = std::move(content);
    item.onWrite = std::move(onWrite);
    rebuildDirectory();
    return {};
}

Result<> FwCfgItems::addGeneratedFiles(const std::vector<FwCfgGeneratedFile>& files, Generator generate)
{
    for (const FwCfgGeneratedFile& file : files) {
        VM_TRY(checkName(file.name));
        if (m_files.contains(file.name))
            return fail(ErrorCode::Overlap, "the fw_cfg file '" + file.name + "' exists already");
    }
    if (m_files.size() + files.size() > MaxFiles)
        return fail(ErrorCode::NoSpace, "the fw_cfg directory is full");
    Group& group = m_groups.emplace_back();
    group.generate = std::move(generate);
    for (const FwCfgGeneratedFile& file : files) {
        Item& item = m_files[file.name];
        item.content.resize(file.sizeBytes);
        item.group = &group;
        group.members.push_back(&item);
    }
    rebuildDirectory();
    return {};
}

void FwCfgItems::rebuildDirectory()
{
    m_fileNames.clear();
    Bytes directory;
    appendBigEndian(directory, static_cast<std::uint32_t>(m_files.size()), 4);
    for (const auto& [name, item] : m_files) {
        const auto key = static_cast<std::uint32_t>(FirstFileKey + m_fileNames.size());
        m_fileNames.push_back(name);
        appendBigEndian(directory, static_cast<std::uint32_t>(item.content.size()), 4);
        appendBigEndian(directory, key, 2);
        appendBigEndian(directory, 0, 2);
        const auto entryEnd = directory.size() + MaxNameBytes + 1;
        for (const char c : name)
            directory.push_back(std::byte(static_cast<std::uint8_t>(c)));
        directory.resize(entryEnd);
    }
    m_numbered[DirectoryKey].content = std::move(directory);
}

void FwCfgItems::select(std::uint16_t key)
{
    m_key = key;
    m_offset = 0;
    (void)current();
}

std::string_view FwCfgItems::selectedName() const
{
    const std::size_t index = static_cast<std::size_t>(m_key & ~WriteChannel) - FirstFileKey;
    return index < m_fileNames.size() ? m_fileNames[index] : std::string_view{};
}

FwCfgItems::Item* FwCfgItems::current()
{
    if (const auto name = selectedName(); !name.empty()) {
        Item& item = m_files.find(name)->second;
        if (item.group && !item.group->made) {
            Group& group = *item.group;
            group.made = true;
            auto contents = group.generate();
            contents.resize(group.members.size());
            for (std::size_t i = 0; i < contents.size(); ++i) {
                contents[i].resize(group.members[i]->content.size());
                group.members[i]->content = std::move(contents[i]);
            }
        }
        return &item;
    }
    const auto it = m_numbered.find(static_cast<std::uint16_t>(m_key & ~WriteChannel));
    return it == m_numbered.end() ? nullptr : &it->second;
}

std::size_t FwCfgItems::remaining()
{
    const Item* item = current();
    return item && m_offset < item->content.size() ? item->content.size() - m_offset : 0;
}

std::span<const std::byte> FwCfgItems::take(std::size_t length)
{
    const std::size_t count = std::min(length, remaining());
    if (count == 0)
        return {};
    const auto taken = std::span<const std::byte>(current()->content).subspan(m_offset, count);
    m_offset += count;
    return taken;
}

std::size_t FwCfgItems::read(std::span<std::byte> into)
{
    const auto taken = take(into.size());
    std::ranges::copy(taken, into.begin());
    std::ranges::fill(into.subspan(taken.size()), std::byte{0});
    return taken.size();
}

void FwCfgItems::skip(std::size_t length)
{
    m_offset += std::min(length, remaining());
}

bool FwCfgItems::canWrite(std::size_t length)
{
    const Item* item = current();
    return item && item->writable && length <= remaining();
}

std::function<void()> FwCfgItems::write(std::span<const std::byte> from)
{
    Item& item = *current();
    std::ranges::copy(from, item.content.begin() + static_cast<std::ptrdiff_t>(m_offset));
    m_offset += from.size();
    return [hook = item.onWrite, content = item.content] { hook(content); };
}

void FwCfgItems::reset()
{
    m_key = 0;
    m_offset = 0;
    for (Group& group : m_groups)
        group.made = false;
    for (auto& [name, item] : m_files)
        if (item.writable)
            item.content = item.initial;
}

void FwCfgItems::save(StateWriter& out) const
{
    out.integer(m_key);
    out.integer(static_cast<std::uint64_t>(m_offset));
    std::uint32_t count = 0;
    for (const auto& [name, item] : m_files)
        count += item.writable ? 1 : 0;
    out.integer(count);
    for (const auto& [name, item] : m_files)
        if (item.writable) {
            out.string(name);
            out.bytes(item.content);
        }
}

Result<> FwCfgItems::restore(StateReader& in)
{
    const auto key = in.integer<std::uint16_t>();
    const auto offset = in.integer<std::uint64_t>();
    const auto count = in.integer<std::uint32_t>();
    std::map<std::string, Bytes> written;
    for (std::uint32_t i = 0; i < count && i < MaxFiles; ++i) {
        auto name = in.string(MaxNameBytes);
        const auto it = m_files.find(name);
        const bool known = it != m_files.end() && it->second.writable;
        auto content = in.bytes(known ? it->second.content.size() : 0);
        if (!known || content.size() != it->second.content.size())
            return fail(ErrorCode::Corrupt,
                        "the saved fw_cfg state names a file that this machine does not have");
        written.insert_or_assign(std::move(name), std::move(content));
    }
    VM_TRY(in.finish());
    if (offset > UINT32_MAX)
        return fail(ErrorCode::Corrupt, "the saved fw_cfg cursor is out of range");
    for (auto& [name, content] : written)
        m_files.find(name)->second.content = std::move(content);
    for (Group& group : m_groups)
        group.made = false; // made anew from the restored machine when the guest asks again
    m_key = key;
    m_offset = static_cast<std::size_t>(offset);
    return {};
}

} // namespace engine
