"""The second factor: an app's code (TOTP), a passkey (WebAuthn), and codes for when it is lost.

allauth asks for it while somebody signs in; how it is kept, shown and lost is here.
"""
