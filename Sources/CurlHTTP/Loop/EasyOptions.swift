import CLibcurl

/// Sets options on an easy handle and remembers the first that libcurl refused, so that none is ever ignored unseen.
struct EasyOptions: ~Copyable {
    let easy: UnsafeMutableRawPointer
    private(set) var refusal: String?

    init(_ easy: UnsafeMutableRawPointer) {
        self.easy = easy
    }

    mutating func set(_ option: CURLoption, _ value: Int) {
        check(shim_easy_set_long(easy, option, value), option)
    }

    mutating func set(_ option: CURLoption, _ value: Bool) {
        set(option, value ? 1 : 0)
    }

    /// A duration in whole milliseconds, at least one: libcurl takes 0 for "no limit".
    mutating func set(_ option: CURLoption, milliseconds value: Duration) {
        set(option, max(1, value.wholeMilliseconds))
    }

    /// A duration in whole seconds, rounded up, at least one.
    mutating func set(_ option: CURLoption, seconds value: Duration) {
        set(option, max(1, (value.wholeMilliseconds + 999) / 1000))
    }

    mutating func set(_ option: CURLoption, offset value: Int) {
        check(shim_easy_set_offset(easy, option, curl_off_t(value)), option)
    }

    /// libcurl copies the text.
    mutating func set(_ option: CURLoption, _ value: String?) {
        check(shim_easy_set_string(easy, option, value), option)
    }

    /// libcurl copies the bytes.
    mutating func set(_ option: CURLoption, blob value: [UInt8]) {
        check(shim_easy_set_blob(easy, option, value, value.count), option)
    }

    /// libcurl keeps the pointer: it has to outlive the handle.
    mutating func set(_ option: CURLoption, pointer value: UnsafeMutableRawPointer?) {
        check(shim_easy_set_pointer(easy, option, value), option)
    }

    /// libcurl keeps the list: it has to outlive the handle.
    mutating func set(_ option: CURLoption, list value: borrowing StringList) {
        check(shim_easy_set_list(easy, option, value.first), option)
    }

    mutating func set(_ option: CURLoption, callback: curl_write_callback) {
        check(shim_easy_set_transfer_callback(easy, option, callback), option)
    }

    mutating func check(_ code: CURLcode, _ option: CURLoption) {
        guard code != CURLE_OK, refusal == nil else { return }
        let name = curl_easy_option_by_id(option).map { String(cString: $0.pointee.name) } ?? "\(option.rawValue)"
        refusal = "libcurl refuses option \(name): \(String(cString: curl_easy_strerror(code)))"
    }
}
