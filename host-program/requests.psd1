# Generated from the model by tools/host-program; not edited by hand.
@{
    observe = @{
        Kind = 'object'
        Words = 'an object'
        Properties = @(
            @{ Name = 'protocol'; Kind = 'number'; Words = 'the number 1'; Least = 1; Most = 1 }
            @{
                Name     = 'nonce'
                Kind     = 'text'
                Words    = '32 lower-case hexadecimal digits'
                Pattern  = '\A(?:[0-9a-f]{32})\z'
                Optional = $true
            }
            @{ Name = 'server'; Kind = 'text'; Words = 'a string' }
            @{ Name = 'labelPrefix'; Kind = 'text'; Words = 'a string' }
            @{ Name = 'eventHours'; Kind = 'number'; Words = 'a whole number from 0 to 720'; Least = 0; Most = 720 }
            @{
                Name     = 'issuedSha256'
                Kind     = 'text'
                Words    = '64 lower-case hexadecimal digits'
                Pattern  = '\A(?:[0-9a-f]{64})\z'
                Optional = $true
            }
        )
    }
    diagnose = @{
        Kind = 'object'
        Words = 'an object'
        Properties = @(
            @{ Name = 'protocol'; Kind = 'number'; Words = 'the number 1'; Least = 1; Most = 1 }
            @{
                Name     = 'nonce'
                Kind     = 'text'
                Words    = '32 lower-case hexadecimal digits'
                Pattern  = '\A(?:[0-9a-f]{32})\z'
                Optional = $true
            }
            @{ Name = 'server'; Kind = 'text'; Words = 'a string' }
            @{
                Name = 'endpoints'
                Kind = 'list'
                Words = 'a list of URLs'
                Least = 0
                Element = @{
                    Kind    = 'text'
                    Words   = 'an http or https URL'
                    Pattern = @(
                        '\A(?:https?://(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::[0'
                        '-9]{1,5})?(?:[/?](?:[A-Za-z0-9._~:/?@!$&''()*+,;=-]|%[0-9A-Fa-f]{2})*)?)\z'
                    )
                }
            }
        )
    }
    'ensure-certificate' = @{
        Kind = 'object'
        Words = 'an object'
        Properties = @(
            @{ Name = 'protocol'; Kind = 'number'; Words = 'the number 1'; Least = 1; Most = 1 }
            @{
                Name     = 'nonce'
                Kind     = 'text'
                Words    = '32 lower-case hexadecimal digits'
                Pattern  = '\A(?:[0-9a-f]{32})\z'
                Optional = $true
            }
            @{ Name = 'server'; Kind = 'text'; Words = 'a string' }
            @{ Name = 'label'; Kind = 'text'; Words = 'a string' }
            @{ Name = 'keyName'; Kind = 'text'; Words = '1 to 120 letters, digits and dashes'; Pattern = '\A(?:[A-Za-z0-9-]{1,120})\z' }
            @{ Name = 'subject'; Kind = 'text'; Words = 'a string' }
            @{ Name = 'keyProvider'; Kind = 'text'; Words = 'a string' }
            @{ Name = 'allowSoftwareKey'; Kind = 'truth'; Words = 'true or false' }
            @{ Name = 'keyLength'; Kind = 'number'; Words = 'a whole number of 0 or more'; Least = 0; Most = 2147483647 }
            @{ Name = 'lifetimeDays'; Kind = 'number'; Words = 'a whole number of 1 or more'; Least = 1; Most = 2147483647 }
            @{ Name = 'serviceAccount'; Kind = 'text'; Words = 'a string or null'; Nullable = $true }
            @{
                Name    = 'minimumVersion'
                Kind    = 'text'
                Words   = 'a version such as 2.5.79.0'
                Pattern = '\A(?:[0-9]{1,9}(?:\.[0-9]{1,9}){1,3})\z'
            }
            @{
                Name     = 'adoptSha256'
                Kind     = 'text'
                Words    = '64 lower-case hexadecimal digits or null'
                Pattern  = '\A(?:[0-9a-f]{64})\z'
                Nullable = $true
            }
            @{ Name = 'issued'; Kind = 'truth'; Words = 'true or false'; Optional = $true }
            @{
                Name = 'enrolment'
                Kind = 'object'
                Words = 'an object'
                Properties = @(
                    @{
                        Name    = 'template'
                        Kind    = 'text'
                        Words   = '1 to 64 letters, digits, spaces, dots, dashes, underscores and parentheses'
                        Pattern = '\A(?:[A-Za-z0-9 ._()-]{1,64})\z'
                    }
                    @{ Name = 'leastDays'; Kind = 'number'; Words = 'a whole number of 0 or more'; Least = 0; Most = 2147483647 }
                )
                Optional = $true
            }
        )
    }
    'remove-certificate' = @{
        Kind = 'object'
        Words = 'an object'
        Properties = @(
            @{ Name = 'protocol'; Kind = 'number'; Words = 'the number 1'; Least = 1; Most = 1 }
            @{
                Name     = 'nonce'
                Kind     = 'text'
                Words    = '32 lower-case hexadecimal digits'
                Pattern  = '\A(?:[0-9a-f]{32})\z'
                Optional = $true
            }
            @{ Name = 'server'; Kind = 'text'; Words = 'a string' }
            @{ Name = 'label'; Kind = 'text'; Words = 'a string' }
            @{ Name = 'keyName'; Kind = 'text'; Words = '1 to 120 letters, digits and dashes'; Pattern = '\A(?:[A-Za-z0-9-]{1,120})\z' }
            @{ Name = 'subject'; Kind = 'text'; Words = 'a string' }
            @{ Name = 'keyProvider'; Kind = 'text'; Words = 'a string' }
            @{ Name = 'allowSoftwareKey'; Kind = 'truth'; Words = 'true or false' }
            @{ Name = 'keyLength'; Kind = 'number'; Words = 'a whole number of 0 or more'; Least = 0; Most = 2147483647 }
            @{ Name = 'lifetimeDays'; Kind = 'number'; Words = 'a whole number of 1 or more'; Least = 1; Most = 2147483647 }
            @{ Name = 'serviceAccount'; Kind = 'text'; Words = 'a string or null'; Nullable = $true }
            @{
                Name    = 'minimumVersion'
                Kind    = 'text'
                Words   = 'a version such as 2.5.79.0'
                Pattern = '\A(?:[0-9]{1,9}(?:\.[0-9]{1,9}){1,3})\z'
            }
            @{
                Name     = 'adoptSha256'
                Kind     = 'text'
                Words    = '64 lower-case hexadecimal digits or null'
                Pattern  = '\A(?:[0-9a-f]{64})\z'
                Nullable = $true
            }
            @{ Name = 'issued'; Kind = 'truth'; Words = 'true or false'; Optional = $true }
            @{
                Name = 'enrolment'
                Kind = 'object'
                Words = 'an object'
                Properties = @(
                    @{
                        Name    = 'template'
                        Kind    = 'text'
                        Words   = '1 to 64 letters, digits, spaces, dots, dashes, underscores and parentheses'
                        Pattern = '\A(?:[A-Za-z0-9 ._()-]{1,64})\z'
                    }
                    @{ Name = 'leastDays'; Kind = 'number'; Words = 'a whole number of 0 or more'; Least = 0; Most = 2147483647 }
                )
                Optional = $true
            }
        )
    }
    release = @{
        Kind = 'object'
        Words = 'an object'
        Properties = @(
            @{ Name = 'protocol'; Kind = 'number'; Words = 'the number 1'; Least = 1; Most = 1 }
            @{
                Name     = 'nonce'
                Kind     = 'text'
                Words    = '32 lower-case hexadecimal digits'
                Pattern  = '\A(?:[0-9a-f]{32})\z'
                Optional = $true
            }
            @{ Name = 'server'; Kind = 'text'; Words = 'a string' }
            @{ Name = 'label'; Kind = 'text'; Words = 'a string' }
            @{ Name = 'appId'; Kind = 'text'; Words = 'a lower-case GUID'; Pattern = '\A(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\z' }
            @{ Name = 'certificateSha256'; Kind = 'text'; Words = '64 lower-case hexadecimal digits'; Pattern = '\A(?:[0-9a-f]{64})\z' }
        )
    }
    register = @{
        Kind = 'object'
        Words = 'an object'
        Properties = @(
            @{ Name = 'protocol'; Kind = 'number'; Words = 'the number 1'; Least = 1; Most = 1 }
            @{
                Name     = 'nonce'
                Kind     = 'text'
                Words    = '32 lower-case hexadecimal digits'
                Pattern  = '\A(?:[0-9a-f]{32})\z'
                Optional = $true
            }
            @{ Name = 'server'; Kind = 'text'; Words = 'a string' }
            @{ Name = 'label'; Kind = 'text'; Words = 'a string' }
            @{ Name = 'appId'; Kind = 'text'; Words = 'a lower-case GUID'; Pattern = '\A(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\z' }
            @{ Name = 'certificateSha256'; Kind = 'text'; Words = '64 lower-case hexadecimal digits'; Pattern = '\A(?:[0-9a-f]{64})\z' }
            @{ Name = 'revision'; Kind = 'number'; Words = 'a whole number of 0 or more'; Least = 0; Most = 2147483647 }
            @{
                Name    = 'tokenEndpoint'
                Kind    = 'text'
                Words   = 'an http or https URL'
                Pattern = @(
                    '\A(?:https?://(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9'
                    ']{1,5})?(?:[/?](?:[A-Za-z0-9._~:/?@!$&''()*+,;=-]|%[0-9A-Fa-f]{2})*)?)\z'
                )
            }
            @{
                Name = 'requiredRoles'
                Kind = 'list'
                Words = 'a list of one or more objects'
                Least = 1
                Element = @{
                    Kind = 'object'
                    Words = 'an object'
                    Properties = @(
                        @{
                            Name    = 'resourceAppId'
                            Kind    = 'text'
                            Words   = 'a lower-case GUID'
                            Pattern = '\A(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\z'
                        }
                        @{
                            Name = 'roles'
                            Kind = 'list'
                            Words = 'a list of one or more strings'
                            Least = 1
                            Element = @{ Kind = 'text'; Words = 'a string' }
                        }
                    )
                }
            }
            @{ Name = 'allowSoftwareKey'; Kind = 'truth'; Words = 'true or false' }
            @{ Name = 'serviceAccount'; Kind = 'text'; Words = 'a string or null'; Nullable = $true }
            @{
                Name    = 'minimumVersion'
                Kind    = 'text'
                Words   = 'a version such as 2.5.79.0'
                Pattern = '\A(?:[0-9]{1,9}(?:\.[0-9]{1,9}){1,3})\z'
            }
            @{ Name = 'repairConnectivityParameters'; Kind = 'truth'; Words = 'true or false' }
            @{ Name = 'rotateOnly'; Kind = 'truth'; Words = 'true or false'; Optional = $true }
            @{ Name = 'verify'; Kind = 'text'; Words = 'sync or switch'; Pattern = '\A(?:sync|switch)\z' }
            @{
                Name = 'bounds'
                Kind = 'object'
                Words = 'an object'
                Properties = @(
                    @{ Name = 'replicationSeconds'; Kind = 'number'; Words = 'a whole number of 0 or more'; Least = 0; Most = 2147483647 }
                    @{ Name = 'cycleSeconds'; Kind = 'number'; Words = 'a whole number of 0 or more'; Least = 0; Most = 2147483647 }
                    @{ Name = 'cmdletSeconds'; Kind = 'number'; Words = 'a whole number of 1 or more'; Least = 1; Most = 2147483647 }
                    @{ Name = 'verifySeconds'; Kind = 'number'; Words = 'a whole number of 0 or more'; Least = 0; Most = 2147483647 }
                )
            }
        )
    }
    rollback = @{
        Kind = 'object'
        Words = 'an object'
        Properties = @(
            @{ Name = 'protocol'; Kind = 'number'; Words = 'the number 1'; Least = 1; Most = 1 }
            @{
                Name     = 'nonce'
                Kind     = 'text'
                Words    = '32 lower-case hexadecimal digits'
                Pattern  = '\A(?:[0-9a-f]{32})\z'
                Optional = $true
            }
            @{ Name = 'server'; Kind = 'text'; Words = 'a string' }
            @{ Name = 'rollback'; Kind = 'text'; Words = 'to-service-account'; Pattern = '\A(?:to-service-account)\z' }
            @{ Name = 'appId'; Kind = 'text'; Words = 'a lower-case GUID'; Pattern = '\A(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\z' }
            @{
                Name = 'bounds'
                Kind = 'object'
                Words = 'an object'
                Properties = @(
                    @{ Name = 'cycleSeconds'; Kind = 'number'; Words = 'a whole number of 0 or more'; Least = 0; Most = 2147483647 }
                    @{ Name = 'cmdletSeconds'; Kind = 'number'; Words = 'a whole number of 1 or more'; Least = 1; Most = 2147483647 }
                )
            }
            @{
                Name = 'credential'
                Kind = 'object'
                Words = 'an object'
                Properties = @(
                    @{ Name = 'userName'; Kind = 'text'; Words = 'a string that is not empty'; Least = 1 }
                    @{ Name = 'password'; Kind = 'text'; Words = 'a string that is not empty'; Least = 1 }
                )
            }
        )
    }
    'remove-legacy-account' = @{
        Kind = 'object'
        Words = 'an object'
        Properties = @(
            @{ Name = 'protocol'; Kind = 'number'; Words = 'the number 1'; Least = 1; Most = 1 }
            @{
                Name     = 'nonce'
                Kind     = 'text'
                Words    = '32 lower-case hexadecimal digits'
                Pattern  = '\A(?:[0-9a-f]{32})\z'
                Optional = $true
            }
            @{ Name = 'server'; Kind = 'text'; Words = 'a string' }
            @{
                Name    = 'removeLegacyAccount'
                Kind    = 'text'
                Words   = 'Sync_ and 1 to 80 letters, digits, dashes and underscores'
                Pattern = '\A(?:Sync_[A-Za-z0-9_-]{1,80})\z'
            }
            @{
                Name = 'bounds'
                Kind = 'object'
                Words = 'an object'
                Properties = @(
                    @{ Name = 'cmdletSeconds'; Kind = 'number'; Words = 'a whole number of 1 or more'; Least = 1; Most = 2147483647 }
                )
            }
            @{
                Name = 'credential'
                Kind = 'object'
                Words = 'an object'
                Properties = @(
                    @{ Name = 'userName'; Kind = 'text'; Words = 'a string that is not empty'; Least = 1 }
                    @{ Name = 'password'; Kind = 'text'; Words = 'a string that is not empty'; Least = 1 }
                )
            }
        )
    }
    'reset-machine-identifier' = @{
        Kind = 'object'
        Words = 'an object'
        Properties = @(
            @{ Name = 'protocol'; Kind = 'number'; Words = 'the number 1'; Least = 1; Most = 1 }
            @{
                Name     = 'nonce'
                Kind     = 'text'
                Words    = '32 lower-case hexadecimal digits'
                Pattern  = '\A(?:[0-9a-f]{32})\z'
                Optional = $true
            }
            @{ Name = 'server'; Kind = 'text'; Words = 'a string' }
            @{
                Name    = 'resetMachineIdentifier'
                Kind    = 'text'
                Words   = '1 to 64 letters, digits and dashes'
                Pattern = '\A(?:[A-Za-z0-9-]{1,64})\z'
            }
            @{ Name = 'newIdentifier'; Kind = 'text'; Words = '32 lower-case hexadecimal digits'; Pattern = '\A(?:[0-9a-f]{32})\z' }
            @{
                Name = 'bounds'
                Kind = 'object'
                Words = 'an object'
                Properties = @(
                    @{ Name = 'cycleSeconds'; Kind = 'number'; Words = 'a whole number of 0 or more'; Least = 0; Most = 2147483647 }
                    @{ Name = 'cmdletSeconds'; Kind = 'number'; Words = 'a whole number of 1 or more'; Least = 1; Most = 2147483647 }
                )
            }
        )
    }
}
