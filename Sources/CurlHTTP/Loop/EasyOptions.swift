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

/// libcurl's linked list of strings, freed with this value.
struct StringList: ~Copyable {
    private(set) var first: UnsafeMutablePointer<curl_slist>?

    /// `false` for a lack of memory; the list is as it was.
    mutating func append(_ text: String) -> Bool {
        guard let longer = curl_slist_append(first, text) else { return false }
        first = longer
        return true
    }

    deinit {
        curl_slist_free_all(first)
    }
}

extension Duration {
    /// Rounded up, at most what fits libcurl's `long` with room to spare.
    var wholeMilliseconds: Int {
        let (seconds, attoseconds) = components
        guard seconds < Int64(Int32.max) else { return Int(Int32.max) * 1000 }
        return Int(seconds) * 1000 + Int((attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
    }
}
