// SPDX-License-Identifier: GPL-3.0-or-later
#include "block/import/ovf.h"

#include "base/checked.h"
#include "block/image_file.h"

#include <expat.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <map>
#include <memory>
#include <string_view>

namespace engine::block {

namespace {

constexpr std::size_t MaxXmlBytes = 4 << 20;
constexpr std::size_t MaxDepth = 64;
constexpr std::size_t MaxTextBytes = 4096;
constexpr std::size_t MaxFiles = 256;

/// Resource types (CIM_ResourceAllocationSettingData, DSP0243 8.1)
constexpr std::string_view Processor = "3";
constexpr std::string_view Memory = "4";

std::optional<std::uint64_t> toNumber(std::string_view text)
{
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size())
        return std::nullopt;
    return value;
}

/// "byte * 2^20", "MegaBytes", "" (bytes): programmatic units (DSP0004 annex C) and older words.
std::uint64_t unitBytes(std::string_view unit)
{
    if (const std::size_t power = unit.find("2^"); power != std::string_view::npos) {
        const std::optional<std::uint64_t> exponent = toNumber(unit.substr(power + 2));
        return exponent && *exponent <= 50 ? 1ULL << *exponent : 1;
    }
    if (unit.starts_with("KiloB"))
        return 1ULL << 10;
    if (unit.starts_with("MegaB") || unit == "MB")
        return 1ULL << 20;
    if (unit.starts_with("GigaB") || unit == "GB")
        return 1ULL << 30;
    return 1;
}

bool isPlainFileName(std::string_view name)
{
    return !name.empty() && name.size() <= 255 && !name.starts_with('.')
           && name.find_first_of(std::string_view("/\\\0", 3)) == std::string_view::npos;
}

/// Element and attribute names come as "namespace|name"; the local name is what counts.
std::string_view localName(const XML_Char* name)
{
    const std::string_view full(name);
    const std::size_t bar = full.rfind('|');
    return bar == std::string_view::npos ? full : full.substr(bar + 1);
}

class OvfParser {
public:
    Result<OvfMachine> parse(std::span<const std::byte> xml)
    {
        if (xml.size() > MaxXmlBytes)
            return fail(ErrorCode::Corrupt, "the OVF descriptor is too long");
        const std::unique_ptr<XML_ParserStruct, decltype(&XML_ParserFree)> parser(
            XML_ParserCreateNS(nullptr, '|'), &XML_ParserFree);
        if (!parser)
            return failSystem("cannot read XML", ENOMEM);
        m_parser = parser.get();
        XML_SetUserData(m_parser, this);
        XML_SetElementHandler(m_parser, &OvfParser::onStart, &OvfParser::onEnd);
        XML_SetCharacterDataHandler(m_parser, &OvfParser::onText);
        XML_SetStartDoctypeDeclHandler(m_parser, &OvfParser::onDocumentType);
        const auto status = XML_Parse(m_parser, reinterpret_cast<const char*>(xml.data()),
                                      static_cast<int>(xml.size()), XML_TRUE);
        if (m_problem.empty() && status != XML_STATUS_OK)
            m_problem = "it is not well-formed XML";
        if (m_problem.empty() && !m_hasEnvelope)
            m_problem = "it is not an OVF descriptor";
        if (m_problem.empty())
            resolveDisks();
        if (!m_problem.empty())
            return fail(ErrorCode::Corrupt, "the OVF descriptor can't be used: " + m_problem);
        return std::move(m_machine);
    }

private:
    using Attributes = std::map<std::string, std::string, std::less<>>;
    struct Disk {
        std::string fileReference;
        std::uint64_t capacityBytes = 0;
    };

    static void XMLCALL onStart(void* self, const XML_Char* name, const XML_Char** attributes)
    {
        static_cast<OvfParser*>(self)->start(localName(name), attributes);
    }
    static void XMLCALL onEnd(void* self, const XML_Char* name)
    {
        static_cast<OvfParser*>(self)->end(localName(name));
    }
    static void XMLCALL onText(void* self, const XML_Char* text, int length)
    {
        auto& parser = *static_cast<OvfParser*>(self);
        if (parser.m_text.size() < MaxTextBytes)
            parser.m_text.append(text, static_cast<std::size_t>(length));
    }
    static void XMLCALL onDocumentType(void* self, const XML_Char*, const XML_Char*, const XML_Char*, int)
    {
        static_cast<OvfParser*>(self)->stop("it has a document type, which OVF doesn't allow");
    }

    void stop(std::string why)
    {
        if (m_problem.empty())
            m_problem = std::move(why);
        XML_StopParser(m_parser, XML_FALSE);
    }

    void start(std::string_view name, const XML_Char** attributes)
    {
        m_text.clear();
        if (++m_depth > MaxDepth)
            return stop("its elements are nested too deeply");
        if (m_depth == 1)
            m_hasEnvelope = name == "Envelope";
        Attributes values;
        for (; attributes[0] != nullptr; attributes += 2)
            values.emplace(localName(attributes[0]), attributes[1]);
        if (name == "File")
            addFile(values);
        else if (name == "Disk")
            addDisk(values);
        else if (name == "VirtualSystem")
            startSystem(values);
        else if (name == "Item")
            m_item.clear();
        else if (name == "Config" && values["key"] == "firmware")
            m_machine.usesUefi = m_machine.usesUefi || values["value"] == "efi";
    }

    void end(std::string_view name)
    {
        --m_depth;
        if (name == "Item")
            finishItem();
        else if (name == "ResourceType" || name == "VirtualQuantity" || name == "AllocationUnits")
            m_item.insert_or_assign(std::string(name), m_text);
        else if (name == "Name" && m_systems == 1)
            m_machine.name = m_text;
        else if (name == "Description" && m_machine.systemDescription.empty() && describesSystem())
            m_machine.systemDescription = m_text;
        m_previous = name;
    }

    /// The description of the system follows its section's <Info>.
    [[nodiscard]] bool describesSystem() const { return m_systems == 1 && m_previous == "Info"; }

    void addFile(Attributes& values)
    {
        if (m_files.size() == MaxFiles)
            return stop("it names too many files");
        m_files.insert_or_assign(values["id"], values["href"]);
        if (!values["compression"].empty() && values["compression"] != "identity")
            m_compressed.push_back(values["id"]);
    }

    void addDisk(Attributes& values)
    {
        if (m_disks.size() == MaxFiles)
            return stop("it names too many disks");
        const std::optional<std::uint64_t> capacity = toNumber(values["capacity"]);
        m_disks.push_back({.fileReference = values["fileRef"],
                           .capacityBytes = checkedMultiply(capacity.value_or(0),
                                                            unitBytes(values["capacityAllocationUnits"]))
                                                .value_or(0)});
    }

    void startSystem(Attributes& values)
    {
        if (++m_systems == 1)
            m_machine.name = values["id"];
    }

    void finishItem()
    {
        const std::uint64_t quantity = toNumber(m_item["VirtualQuantity"]).value_or(0);
        if (m_systems != 1)
            return;
        if (m_item["ResourceType"] == Processor && quantity <= 4096)
            m_machine.cpuCount = static_cast<unsigned>(quantity);
        else if (m_item["ResourceType"] == Memory)
            m_machine.memoryBytes =
                checkedMultiply(quantity, unitBytes(m_item["AllocationUnits"])).value_or(0);
    }

    void resolveDisks()
    {
        for (const Disk& disk : m_disks) {
            if (disk.fileReference.empty())
                continue; // an empty disk, to be created
            const auto file = m_files.find(disk.fileReference);
            if (file == m_files.end() || !isPlainFileName(file->second)) {
                m_problem = "a disk names a file outside of the package";
                return;
            }
            if (std::ranges::find(m_compressed, disk.fileReference) != m_compressed.end()) {
                m_problem = "a disk is compressed as a whole, which is not supported";
                return;
            }
            m_machine.disks.push_back({.fileName = file->second, .capacityBytes = disk.capacityBytes});
        }
    }

    XML_Parser m_parser = nullptr;
    OvfMachine m_machine;
    std::string m_problem;
    std::string m_text;     // of the element that is open
    std::string m_previous; // the element that ended last
    Attributes m_item;      // of the hardware item that is open
    Attributes m_files;     // id → href
    std::vector<std::string> m_compressed;
    std::vector<Disk> m_disks;
    std::size_t m_depth = 0;
    unsigned m_systems = 0;
    bool m_hasEnvelope = false;
};

} // namespace

Result<OvfMachine> parseOvf(std::span<const std::byte> xml)
{
    return OvfParser().parse(xml);
}

Result<OvfMachine> readOvf(const std::filesystem::path& path)
{
    const ImageFile file = VM_TRY(ImageFile::open(path, ImageUse::Inspect));
    const std::uint64_t bytes = VM_TRY(file.size());
    if (bytes > MaxXmlBytes)
        return fail(ErrorCode::Corrupt, "the OVF descriptor is too long");
    std::vector<std::byte> xml(bytes);
    VM_TRY(file.readAt(0, xml));
    return parseOvf(xml);
}

} // namespace engine::block
