import Testing

@testable import AuditCore

struct RecordSeverityTests {
    @Test func `every type that has a severity is one that the kernel or a tool writes, and has one`() {
        let names = RecordSeverity.types.flatMap(\.names)
        #expect(names.filter { !NameTable.messageTypes.contains($0) } == [])
        #expect(Set(names).count == names.count)
        #expect(RecordSeverity.types.map(\.severity) == RecordSeverity.allCases.dropLast())
    }

    @Test func `a type is known by its number, too, as journald writes what it has no name for`() {
        #expect(NameTable.journalNames(of: "USER_LOGIN") == ["USER_LOGIN", "AUDIT1112"])
        #expect(NameTable.journalNames(of: "AUDIT1112") == ["AUDIT1112"])
        #expect(RecordSeverity.luaTable(\.cloudLoggingName).contains(" USER_LOGIN AUDIT1112 "))
    }

    @Test func `destinations have names and numbers of their own for them`() {
        #expect(RecordSeverity.allCases.map(\.syslogDigit) == ["2", "3", "4", "5", "6"])
        #expect(RecordSeverity.allCases.map(\.cloudLoggingName) == ["CRITICAL", "ERROR", "WARNING", "NOTICE", "INFO"])
        #expect(RecordSeverity.allCases.map(\.openTelemetryNumber) == [18, 17, 13, 10, 9])
    }
}
