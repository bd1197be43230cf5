/// The version of this build, printed by `nodeaudit version` and on the metrics page.
package let buildVersion = "0.1.0"
