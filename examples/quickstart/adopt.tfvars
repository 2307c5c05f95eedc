# For an import that writes nothing: without a trigger, the stored credentials are left alone.
password_version = null
