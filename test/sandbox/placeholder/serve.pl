use strict;
use warnings;
use IO::Socket::INET;

$| = 1;
my $server = IO::Socket::INET->new(LocalPort => $ENV{PORT}, Listen => 16, ReuseAddr => 1) or die "listen: $!";
local $SIG{TERM} = sub { exit 0 };
print "listening on $ENV{PORT}, log level $ENV{LOG_LEVEL}\n";
while (my $client = $server->accept) {
  my $request = <$client> // '';
  while (my $line = <$client>) { last if $line =~ /^\r?\n$/ }
  my $body = 'ok';
  if ($request =~ m{^GET /template }) {
    open my $file, '<:raw', $ENV{SANDBOX_TEMPLATE} or die "template: $!";
    local $/;
    $body = <$file>;
  }
  print $client "HTTP/1.1 200 OK\r\nContent-Length: " . length($body) . "\r\nConnection: close\r\n\r\n$body";
  close $client;
}
